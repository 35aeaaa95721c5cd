using System.Buffers.Text;
using System.Text.Json;

namespace ReferenceHost.Api;

/// <summary>The place after which a page begins: the key of the last row before it, opaque to callers.</summary>
internal static class Cursor
{
    public static string Encode(params string?[] key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

    public static bool TryDecode(string cursor, out string?[] key)
    {
        key = [];
        try
        {
            key = JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(cursor)) ?? [];
            return true;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>A page of rows and the cursor of the next one.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">The cursor of the next page; <see langword="null"/> on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Rows, string? Next);
