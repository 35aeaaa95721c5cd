using System.Globalization;
using System.Text;

namespace Claims.LoadTests.Facilities.Output;

/// <summary>The result for people.</summary>
internal static class MarkdownReport
{
    private static readonly (string Name, Func<FacilitiesResult, string> Value)[] Rows =
    [
        ("claims stored a minute", r => Number(r.ClaimsPerMin)),
        ("p50 / p99 / max with users only (ms)", r => $"{Number(r.Api.IdleP50Ms)} / {Number(r.Api.IdleP99Ms)} / {Number(r.Api.IdleMaxMs)}"),
        ("p50 / p99 / max with ingestion (ms)", r => $"{Number(r.Api.BusyP50Ms)} / {Number(r.Api.BusyP99Ms)} / {Number(r.Api.BusyMaxMs)}"),
        ("p99 with ingestion over p99 without", r => Number(r.Api.P99Ratio)),
        ("answered within a second, with ingestion (%)", r => Number(r.Api.BusyWithinASecondPct)),
        ("failed requests", r => Number(r.Api.Errors)),
        ("pool of the ingestion: mean (%) / peak / most", r => Pool(r.Pools.Ingestion)),
        ("pool of the API", r => r.Pools.IsShared ? "the same" : Pool(r.Pools.Api)),
        ("pool of the reports", r => r.Pools.IsShared ? "the same" : Pool(r.Pools.Report)),
        ("p99 of waiting for a connection: ingestion / API / reports (ms)", r => $"{Number(r.Pools.Ingestion.WaitP99Ms)} / {Number(r.Pools.Api.WaitP99Ms)} / {Number(r.Pools.Report.WaitP99Ms)}"),
        ("facilities at once, most", r => Number(r.MaxInFlight)),
        ("deadlocks / lost / doubled", r => $"{Number(r.Deadlocks)} / {Number(r.Lost)} / {Number(r.Doubled)}"),
        ("share left by the governor, mean / least", r => $"{Number(r.Governor.MeanShare)} / {Number(r.Governor.LeastShare)}"),
        ("processors with ingestion / without (%)", r => $"{Number(r.Host.CpuPct)} / {Number(r.Host.IdleCpuPct)}"),
        ("memory of the host, most (MB)", r => Number(r.Host.RssPeakMb)),
    ];

    public static string Of(FacilitiesSettings settings, IReadOnlyList<ProfileOutcome> outcomes)
    {
        var text = new StringBuilder();
        text.Append("# Users while facilities are polled\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{settings.Count} facilities, {settings.Users} users with {settings.UserRate} requests a second each, ");
        text.Append(CultureInfo.InvariantCulture, $"{settings.ClaimsPerMin} claims a minute in files of {settings.ClaimsPerFile}, {settings.BaseClaims} claims stored before");
        text.Append(CultureInfo.InvariantCulture, $"{(settings.Views ? ", reports kept up to date" : "")}. {settings.Turns} turns of {settings.Seconds} s, {Environment.ProcessorCount} processors.\n\n");
        text.Append("| | ").AppendJoin(" | ", outcomes.Select(outcome => outcome.Profile.ToString().ToLowerInvariant())).Append(" |\n| --- |");
        foreach (ProfileOutcome _ in outcomes) text.Append(" ---: |");
        text.Append('\n');
        foreach ((string name, Func<FacilitiesResult, string> value) in Rows)
            text.Append("| ").Append(name).Append(" | ").AppendJoin(" | ", outcomes.Select(outcome => value(outcome.Result))).Append(" |\n");
        foreach (ProfileOutcome outcome in outcomes.Where(outcome => outcome.Result.Views.Count > 0)) AddViews(text, outcome);
        foreach (string problem in outcomes.SelectMany(outcome => outcome.Problems)) text.Append(CultureInfo.InvariantCulture, $"\n**Wrong result:** {problem}\n");
        return text.ToString();
    }

    private static void AddViews(StringBuilder text, ProfileOutcome outcome)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n| {outcome.Profile.ToString().ToLowerInvariant()} | brought up to date | skipped | longest (s) |\n| --- | ---: | ---: | ---: |\n");
        foreach (ViewResult view in outcome.Result.Views) text.Append(CultureInfo.InvariantCulture, $"| {view.Name} | {view.Refreshed} | {view.Skipped} | {view.MaxS} |\n");
    }

    private static string Pool(PoolResult pool) => $"{Number(pool.BusyMeanPct)} / {pool.BusyPeak} / {pool.Max}";

    private static string Number(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);
}
