using System.Text;
using System.Text.RegularExpressions;

namespace Claims.LoadTests.Write;

/// <summary>A way in which a claim can be bad.</summary>
/// <param name="Rule">The rule by which it is left out.</param>
/// <param name="Spoil">Makes a good claim bad.</param>
internal sealed partial record BadClaim(string Rule, Func<string, string> Spoil)
{
    /// <summary>A code of an activity that only the database refuses, by <see cref="Constraint"/>.</summary>
    public const string Constraint = "CHECK (code <> 'REFUSED')";

    // Stands for a byte that is not valid in UTF-8, since no text can hold it.
    private const char InvalidByte = '\uE000';

    public static readonly IReadOnlyList<BadClaim> Kinds =
    [
        new("character", claim => Set(claim, "MemberID", "12\03")),
        new("character", claim => Set(claim, "MemberID", "12&#1;3")),
        new("character", claim => Set(claim, "PayerID", $"A{InvalidByte}B")),
        new("amount", claim => Set(claim, "Gross", "99999999999999999999999999999")),
        new("amount", claim => Set(claim, "Net", "ten")),
        new("amount", claim => Set(claim, "Quantity", "1.000000000000000001")),
        new("date", claim => Set(claim, "Start", "31/02/2024 10:00")),
        new("identifier-length", claim => Set(claim, "ID", new string('9', 501))),
        new("text-length", claim => claim.Replace("</Claim>", $"<Resubmission><Type>correction</Type><Comment>{new string('x', 70_000)}</Comment></Resubmission></Claim>", StringComparison.Ordinal)),
        new("required", claim => Set(claim, "ID", "")),
        new("required", claim => Activities().Replace(claim, "")),
        new("store", claim => Set(claim, "Code", "REFUSED", within: "<Activity>")),
    ];

    /// <summary>Makes a claim of a file bad.</summary>
    /// <param name="file">The file, in UTF-8.</param>
    /// <param name="place">Which of its claims, from 0.</param>
    public byte[] SpoilClaim(byte[] file, int place)
    {
        string text = Encoding.UTF8.GetString(file);
        int start = -1;
        for (int n = 0; n <= place; n++) start = text.IndexOf("<Claim>", start + 1, StringComparison.Ordinal);
        int end = text.IndexOf("</Claim>", start, StringComparison.Ordinal) + "</Claim>".Length;
        byte[] spoilt = Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, start), Spoil(text[start..end]), text.AsSpan(end)));
        byte[] stand = Encoding.UTF8.GetBytes([InvalidByte]);
        for (int at; (at = spoilt.AsSpan().IndexOf(stand)) >= 0;) spoilt.AsSpan(at, stand.Length).Fill(0xFF);
        return spoilt;
    }

    private static string Set(string claim, string element, string value, string within = "")
    {
        int from = claim.IndexOf(within, StringComparison.Ordinal);
        int start = claim.IndexOf($"<{element}>", from, StringComparison.Ordinal) + element.Length + 2;
        int end = claim.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return string.Concat(claim.AsSpan(0, start), value, claim.AsSpan(end));
    }

    [GeneratedRegex("<Activity>.*</Activity>", RegexOptions.Singleline)]
    private static partial Regex Activities();
}
