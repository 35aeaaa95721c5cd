using System.Text;
using System.Text.Json;

namespace ReferenceHost.Api;

/// <summary>The place after which a page begins: the key of the last row before it, opaque to callers.</summary>
internal static class Cursor
{
    public static string Encode(params string?[] key) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(key)).Replace('+', '-').Replace('/', '_');

    public static bool TryDecode(string? cursor, int parts, out string[] key)
    {
        key = [];
        if (string.IsNullOrEmpty(cursor)) return true;
        try
        {
            key = JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(Convert.FromBase64String(cursor.Replace('-', '+').Replace('_', '/')))) ?? [];
            return key.Length == parts;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return false;
        }
    }
}

/// <summary>A page of rows and the cursor of the next one.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">The cursor of the next page; <see langword="null"/> on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Rows, string? Next);
