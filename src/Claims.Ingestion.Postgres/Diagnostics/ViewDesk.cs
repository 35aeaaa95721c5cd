using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>The reports, the materialized views of the settings, and the summaries that were declared.</summary>
internal sealed class ViewDesk(
    [FromKeyedServices(DataSourceRole.Api)] RoleDataSource dataSource, MaterializedViews views, SummarySet summaries, IEnumerable<SummaryDefinition> declared, IOptions<PostgresOptions> options) : IViewDesk
{
    private const int LastDecisions = 20;

    private readonly SummaryDefinition[] _declared = [.. declared];

    /// <summary>The names, the reports first.</summary>
    internal IReadOnlyList<string> Names => [.. ReportViews.Names, .. views.Names.Except(ReportViews.Names), .. _declared.Select(d => d.Name)];

    public async Task<IReadOnlyList<ViewOverview>> ReadAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenReadAsync(cancellationToken: cancellationToken);
        string[] names = [.. Names];
        var states = new Dictionary<string, ViewOverview>(StringComparer.Ordinal);
        ILookup<string, ViewDecisionEntry> decisions;
        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Named(
                    $"""
                    SELECT d.view_name, d.decided_at, d.decision, d.reason, d.changed_rows, d.duration, d.times
                    FROM unnest($1) n (name)
                    CROSS JOIN LATERAL (SELECT * FROM claims.view_decision WHERE view_name = n.name ORDER BY id DESC LIMIT {LastDecisions}) d
                    ORDER BY d.id DESC
                    """),
                Named(
                    """
                    SELECT view_name, mode, refreshed_at, now() - as_of, waiting_claims FROM claims.report_state WHERE view_name = ANY($1)
                    UNION ALL
                    SELECT s.summary_name, 'incremental', s.refreshed_at, coalesce(now() - w.first_at, '0'), coalesce(w.claims, 0)
                    FROM claims.summary_state s
                    CROSS JOIN LATERAL (
                      SELECT min(c.at) AS first_at, sum(c.rows) AS claims FROM claims.view_change c WHERE coalesce(NOT pg_visible_in_snapshot(c.xid, s.snapshot), true)
                    ) w
                    WHERE s.summary_name = ANY($1)
                    """),
            },
        })
        {
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
            var found = new List<(string Name, ViewDecisionEntry Entry)>();
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add((reader.GetString(0), new ViewDecisionEntry(
                    reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetTimeSpan(5), reader.GetInt32(6))));
            }

            decisions = found.ToLookup(f => f.Name, f => f.Entry, StringComparer.Ordinal);
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                TimeSpan staleness = reader.GetTimeSpan(3);
                states[reader.GetString(0)] = new ViewOverview(
                    reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2), staleness > TimeSpan.Zero ? staleness : TimeSpan.Zero, reader.GetInt64(4),
                    [.. decisions[reader.GetString(0)]]);
            }
        }

        // One of the settings that nobody has looked at yet, or that is not there, has no state.
        return [.. names.Select(name => states.GetValueOrDefault(name) ?? new ViewOverview(name, _declared.Any(d => d.Name == name) ? "incremental" : "materialized", null, TimeSpan.Zero, 0, [.. decisions[name]]))];

        NpgsqlBatchCommand Named(string sql) => new(sql) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = names } } };
    }

    public Task RefreshAsync(string name, string reason, CancellationToken cancellationToken) =>
        !Names.Contains(name) ? throw new ArgumentException($"There is no view '{name}'; there are {string.Join(", ", Names)}.")
        : _declared.FirstOrDefault(d => d.Name == name) is { } summary ? CatchUpAsync(summary, cancellationToken)
        : ReportViews.Names.Contains(name) && options.Value.Views.ModeOf(name) == ReportMode.Incremental ? CatchUpAsync(ClaimSummary.Definition, cancellationToken)
        : RefreshMaterializedAsync(name, reason, cancellationToken);

    private async Task CatchUpAsync(SummaryDefinition summary, CancellationToken cancellationToken)
    {
        try
        {
            await summaries.CatchUpAsync(summary, cancellationToken);
        }
        catch (InvalidOperationException fault)
        {
            throw Failed(summary.Name, fault.Message);
        }
    }

    private async Task RefreshMaterializedAsync(string name, string reason, CancellationToken cancellationToken)
    {
        IReadOnlyList<MaterializedView> all = await views.ReadAsync(cancellationToken);
        MaterializedView view = all.FirstOrDefault(v => v.Name == name) ?? throw Failed(name, "there is no such materialized view in the database; name it with its schema, or remove it from Claims:Postgres:Views:Items");

        // What it reads from the summary is as old as that.
        if ((view.ReadsSummary || all.Any(v => v.ReadsSummary && view.Beneath.Contains(v.Relation))) && (await summaries.ReadActiveAsync(cancellationToken)).Contains(ClaimSummary.Definition))
            await CatchUpAsync(ClaimSummary.Definition, cancellationToken);
        try
        {
            await views.ConsiderAsync(view, all, _ => new RefreshDecision(RefreshVerdict.Require, reason), waitForOthers: true, cancellationToken);
        }
        catch (InvalidOperationException fault)
        {
            throw Failed(name, fault.Message);
        }

        if (ReportViews.Names.Contains(name)) await views.SwitchAsync(view, cancellationToken);
    }

    private static OperatorActionException Failed(string name, string reason) => new(OperatorRefusal.Failed, $"{name} cannot be refreshed: {reason}.");
}
