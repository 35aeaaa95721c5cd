using System.Globalization;

namespace ReferenceHost.Api.Reports;

/// <summary>Why a request was refused.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Reason">What is wrong with it, and what it must be.</param>
internal sealed record BadParameter(string Name, string Reason);

/// <summary>Reads parameters of a query string; the first one that is wrong is kept.</summary>
internal sealed class QueryReader(IQueryCollection parameters)
{
    public BadParameter? Bad { get; private set; }

    public string? Text(string name)
    {
        if (parameters[name] is not { Count: > 0 } values) return null;
        if (values.Count > 1) Refuse(name, $"{name} is given {values.Count} times; give it once.");
        string? text = string.IsNullOrEmpty(values[0]) ? null : values[0];
        if (text?.Contains('\0', StringComparison.Ordinal) == true) Refuse(name, $"{name} contains the character U+0000, which no identifier has.");
        return text;
    }

    public DateOnly? Day(string name)
    {
        if (Text(name) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) return day;
        Refuse(name, $"{name} is '{text}'; it must be a day such as 2026-01-31.");
        return null;
    }

    public int? Number(string name, int smallest, int largest)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= smallest && number <= largest) return number;
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {text}; it must be from {smallest} to {largest}."));
        return null;
    }

    public bool Flag(string name)
    {
        if (Text(name) is not { } text) return false;
        if (bool.TryParse(text, out bool flag)) return flag;
        Refuse(name, $"{name} is '{text}'; it must be true or false.");
        return false;
    }

    public void Refuse(string name, string reason) => Bad ??= new BadParameter(name, reason);
}
