using System.Globalization;

namespace Claims.Ingestion.Dashboard.Text;

/// <summary>Figures and times as people say them.</summary>
internal static class Spoken
{
    private static readonly string[] _units = ["B", "kB", "MB", "GB", "TB"];

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>61,000; beyond a million 1.2 M.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        < 999_500 => Number(value),
        < 999_500_000 => FormattableString.Invariant($"{value / 1e6:0.0} M"),
        _ => FormattableString.Invariant($"{value / 1e9:0.0} G"),
    };

    public static string Bytes(double bytes)
    {
        int unit = 0;
        for (; Math.Abs(bytes) >= 999.5 && unit < _units.Length - 1; unit++) bytes /= 1000;
        return unit == 0 || Math.Abs(bytes) >= 99.95 ? FormattableString.Invariant($"{bytes:N0} {_units[unit]}") : FormattableString.Invariant($"{bytes:0.0} {_units[unit]}");
    }

    /// <summary>Never more than there is: 99 %, and with a digit 99.9 %, of what is nearly all.</summary>
    public static string Percent(double share, int digits) => $"{(Math.Floor(share * 100 * Math.Pow(10, digits)) / Math.Pow(10, digits)).ToString($"F{digits}", CultureInfo.InvariantCulture)} %";

    public static string Percent(double share) => Percent(share, 0);

    public static string Count(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    /// <summary>4.1 ms, 820 ms, 1.4 s, 45 s, 2 min 5 s, 3 h 10 min, 5 d 2 h.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = -span;
        return span.TotalSeconds switch
        {
            0 => "0 s",
            < 0.01 => FormattableString.Invariant($"{span.TotalMilliseconds:0.0} ms"),
            < 0.9995 => FormattableString.Invariant($"{span.TotalMilliseconds:0} ms"),
            < 9.95 => FormattableString.Invariant($"{span.TotalSeconds:0.0} s"),
            < 60 => FormattableString.Invariant($"{Math.Floor(span.TotalSeconds):0} s"),
            < 3600 => Two((int)span.TotalMinutes, "min", span.Seconds, "s"),
            < 86400 => Two((int)span.TotalHours, "h", span.Minutes, "min"),
            _ => Two((int)span.TotalDays, "d", span.Hours, "h"),
        };
    }

    /// <summary>Milliseconds with one digit, as users' queries are compared.</summary>
    public static string Milliseconds(TimeSpan span) => FormattableString.Invariant($"{span.TotalMilliseconds:N1} ms");

    /// <summary>now, 12 s ago, 2 min ago, 3 h ago, 5 d ago; of a time to come: in 4 min.</summary>
    public static string Ago(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } moment) return "never";
        TimeSpan since = now - moment;
        string text = One(since.Duration());
        return text == "0 s" ? "now" : since > TimeSpan.Zero ? $"{text} ago" : $"in {text}";
    }

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>CredentialRefused becomes credential refused.</summary>
    public static string Words(Enum value) => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? " " : "")}{char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>The first sentence, and of a long one its beginning.</summary>
    public static string Brief(string text, int longest = 140)
    {
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        string first = (end > 0 ? text[..end] : text).Trim().TrimEnd('.');
        return first.Length <= longest ? first : $"{first[..longest].TrimEnd()}…";
    }

    private static string One(TimeSpan span) => span.TotalSeconds switch
    {
        < 60 => $"{(int)span.TotalSeconds} s",
        < 3600 => $"{(int)span.TotalMinutes} min",
        < 86400 => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} d",
    };

    private static string Two(int large, string largeUnit, int small, string smallUnit) => small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
