using System.Collections.Concurrent;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>The summaries: the one of the reports, while one of them is kept so, and those that were declared.</summary>
internal sealed class SummarySet(
    [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, SummaryRefresher refresher, IEnumerable<SummaryDefinition> declared, IOptions<PostgresOptions> options, ViewMetrics metrics,
    TimeProvider time, ILogger<SummarySet> logger)
{
    private const int SmallBatch = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly SummaryDefinition[] _declared = [.. declared];
    private readonly ConcurrentDictionary<string, SummarySql> _prepared = new(StringComparer.Ordinal);

    private string[] Incremental => [.. ReportViews.Names.Where(n => options.Value.Views.ModeOf(n) == ReportMode.Incremental)];

    /// <summary>Reads which summaries are kept: that of the reports also when a report is shown from it still.</summary>
    public async Task<IReadOnlyList<SummaryDefinition>> ReadActiveAsync(CancellationToken cancellationToken) =>
        Incremental.Length > 0 || await IsShownAsync(cancellationToken) ? [ClaimSummary.Definition, .. _declared] : _declared;

    /// <summary>Takes a step for a summary: a large one when that is urgent or it is late, else a small one, so that the database is never kept busy for long.</summary>
    public async Task<SummaryStep?> StepAsync(SummaryDefinition definition, bool isUrgent, CancellationToken cancellationToken, bool isLate = false)
    {
        int batch = options.Value.Views.Summaries.BatchClaims;
        SummarySql sql = await PrepareAsync(definition, cancellationToken);
        SummaryStep? step = await refresher.StepAsync(definition, sql, isUrgent, isUrgent || isLate ? batch : Math.Min(batch, SmallBatch), cancellationToken);
        if (step is not { } done) return null;
        metrics.Stepped(definition.Name, done.Keys, done.PassKeys, done.Drifted, done.Lag);
        if (done.IsFilledNow) logger.SummaryFilled(definition.Name);
        if (done.Drifted > 0) logger.SummaryDrifted(definition.Name, done.Drifted);
        return step;
    }

    /// <summary>Takes steps until the summary is filled and shows all that was stored before.</summary>
    public async Task CatchUpAsync(SummaryDefinition definition, CancellationToken cancellationToken)
    {
        do
        {
            if (await StepAsync(definition, isUrgent: true, cancellationToken) is not null) continue;

            // Another host is at it; or one has switched the reports to materialized views since, and the summary begins anew.
            _prepared.TryRemove(definition.Name, out _);
            await Task.Delay(Pause, time, cancellationToken);
        }
        while (await refresher.IsBehindAsync(definition.Name, cancellationToken));
        await ShowAsync(definition, cancellationToken);
    }

    /// <summary>Shows the reports from their summary that are to be.</summary>
    public async Task ShowAsync(SummaryDefinition definition, CancellationToken cancellationToken)
    {
        if (definition != ClaimSummary.Definition) return;
        foreach (string report in Incremental)
            await ReportSwitch.TryAsync(dataSource, report, ReportMode.Incremental, "the settings keep it as a summary, which is filled now", logger, cancellationToken);
    }

    private async Task<SummarySql> PrepareAsync(SummaryDefinition definition, CancellationToken cancellationToken)
    {
        if (_prepared.TryGetValue(definition.Name, out SummarySql? known)) return known;
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        return _prepared[definition.Name] = await SummaryPreparation.PrepareAsync(connection, definition, cancellationToken);
    }

    private async Task<bool> IsShownAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM claims.view_state WHERE mode = 'incremental')", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
