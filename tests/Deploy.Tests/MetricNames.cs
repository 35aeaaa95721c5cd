using System.Text.RegularExpressions;

namespace Deploy.Tests;

/// <summary>The names of metrics and labels that rules and dashboards use.</summary>
internal static partial class MetricNames
{
    /// <summary>Names that are used already and that the hosts do not show yet. To be empty when they do: then a name that nobody knows fails.</summary>
    public static IReadOnlySet<string> Coming { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "claims_facility_files_total", "claims_facility_claims_total", "claims_facility_failures", "claims_facility_last_success_age_seconds", "claims_facilities_circuits",
        "claims_ingestion_oldest_age_seconds", "claims_pool_limit", "claims_database_lock_waiting", "claims_database_lock_wait_max_seconds", "claims_database_deadlocks_total",
        "claims_database_cache_hit", "claims_database_wal_bytes_total", "claims_database_size_bytes", "claims_database_dead_rows", "claims_database_watch_age_seconds",
        "claims_ledger_quarantined", "claims_view_staleness_seconds", "claims_view_waiting_claims",
        "claims_facility", "claims_fate", "claims_circuit", "claims_volume", "claims_poll_kind", "claims_poll_outcome", "claims_operation", "claims_result", "claims_table", "claims_view",

        // These are shown only where there is a reason, so that only the table of metrics names them.
        "claims_scheduling_skipped_slots_total", "claims_scheduling_missed_slots_total", "claims_scheduling_lost_leases_total", "claims_scheduling_take_overs_total",
        "claims_pool_overdue_total", "claims_view_decisions_total", "claims_view_refresh_duration_seconds", "claims_report_queries_total", "claims_decision", "claims_report", "claims_query",
    };

    /// <summary>The metrics of an expression, histograms by their own names.</summary>
    public static IReadOnlyList<string> MetricsOf(string expression) =>
    [
        .. Name().Matches(Grouping().Replace(Matchers().Replace(expression, ""), ""))
            .Select(match => match.Value)
            .Where(name => name.Contains('_', StringComparison.Ordinal) && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(name => Part().Replace(name, ""))
            .Distinct(),
    ];

    /// <summary>The labels of an expression.</summary>
    public static IReadOnlyList<string> LabelsOf(string expression) =>
    [
        .. Matchers().Matches(expression).SelectMany(match => Label().Matches(match.Value)).Select(match => match.Groups[1].Value)
            .Concat(Grouping().Matches(expression).SelectMany(match => Name().Matches(match.Groups[1].Value)).Select(match => match.Value))
            .Distinct(),
    ];

    /// <summary>The names of a scrape, histograms by their own names.</summary>
    public static HashSet<string> Whole(IEnumerable<string> names) => [.. names.Select(name => Part().Replace(name, ""))];

    /// <summary>The names in the table of metrics: of metrics as Prometheus has them, of tags as the code has them.</summary>
    public static HashSet<string> Documented()
    {
        string file = Repository.PathOf("docs", "metrics.md");
        return File.Exists(file) ? [.. Name().Matches(File.ReadAllText(file).Replace('.', '_')).Select(match => match.Value)] : [];
    }

    /// <summary>Whether everything that an expression needs is there.</summary>
    public static bool IsComing(string expression) => MetricsOf(expression).Concat(LabelsOf(expression)).Any(Coming.Contains);

    private static readonly string[] Prefixes = ["claims_", "http_", "db_", "dotnet_", "node_"];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\b[a-z][a-z0-9_]*\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"([a-z_]+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
