using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>A row of the table of metrics in the documentation.</summary>
internal sealed partial record MetricRow(string Name, string Kind, string Unit, IReadOnlyList<string> Tags, string Meaning, string Prometheus, string Meter) : IComparable<MetricRow>
{
    public static string Docs { get; } = Path.Combine(Root(), "docs");

    /// <summary>The rows; the headings above the tables name their meters.</summary>
    public static IEnumerable<MetricRow> ReadAll()
    {
        string meter = "";
        foreach (string line in File.ReadLines(Path.Combine(Docs, "metrics.md")))
        {
            if (Heading().Match(line) is { Success: true } heading) meter = heading.Groups[1].Value;
            if (!line.StartsWith("| `claims.", StringComparison.Ordinal)) continue;
            string[] cells = [.. line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim())];
            Assert.True(cells.Length == 6, line);
            yield return new MetricRow(Code(cells[0]), cells[1], Code(cells[2]), [.. cells[3].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Code)], cells[4], Code(cells[5]), meter);
        }

        static string Code(string cell) => cell.Trim('`');
    }

    public static MetricRow Of(Instrument instrument) =>
        new(instrument.Name, KindOf(instrument), instrument.Unit ?? "", [], instrument.Description ?? "", PrometheusName(instrument), instrument.Meter.Name);

    public int CompareTo(MetricRow? other) => string.CompareOrdinal(Name, other?.Name);

    // Lists compare by reference: the tags are compared apart from the rest.
    public bool Equals(MetricRow? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"| `{Name}` | {Kind} | `{Unit}` | {string.Join(", ", Tags.Select(tag => $"`{tag}`"))} | {Meaning} | `{Prometheus}` | {Meter}";

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "ObservableGauge" or "Gauge" => "gauge",
        "Histogram" => "histogram",
        "UpDownCounter" or "ObservableUpDownCounter" => "up-down counter",
        var other => other,
    };

    private static string PrometheusName(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return KindOf(instrument) == "counter" ? $"{name}_total" : name;
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^## Meter `([\w.]+)`")]
    private static partial Regex Heading();
}
