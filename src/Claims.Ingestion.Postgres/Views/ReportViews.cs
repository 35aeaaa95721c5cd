using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Views;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>The reports: how fresh they are, and bringing them up to date. Resolve it from the services.</summary>
public sealed class ReportViews
{
    private readonly RoleDataSource _dataSource;
    private readonly MaterializedViews _views;
    private readonly SummarySet _summaries;

    internal ReportViews(RoleDataSource dataSource, MaterializedViews views, SummarySet summaries)
    {
        _dataSource = dataSource;
        _views = views;
        _summaries = summaries;
    }

    /// <summary>The names of the reports.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mv_balance_amount_summary", "mv_remittance_advice_summary", "mv_claim_summary_payerwise"];

    /// <summary>Brings every report up to date now, and the summaries and materialized views of the settings besides, without blocking their readers.</summary>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="cancellationToken">The token to cancel the refreshing.</param>
    /// <returns>A task that ends when all show what was stored before the call.</returns>
    /// <exception cref="NpgsqlException">One could not be refreshed; the history says why.</exception>
    /// <exception cref="InvalidOperationException">A materialized view has no unique index, or the definition of a summary does not fit; the message says what to do.</exception>
    public async Task RefreshAllAsync(string reason, CancellationToken cancellationToken)
    {
        foreach (SummaryDefinition definition in await _summaries.ReadActiveAsync(cancellationToken)) await _summaries.CatchUpAsync(definition, cancellationToken);
        IReadOnlyList<MaterializedView> views = await _views.ReadAsync(cancellationToken);
        foreach (MaterializedView view in views)
        {
            await _views.ConsiderAsync(view, views, _ => new RefreshDecision(RefreshVerdict.Require, reason), waitForOthers: true, cancellationToken);
            if (Names.Contains(view.Name)) await _views.SwitchAsync(view, cancellationToken);
        }
    }

    /// <summary>Says how fresh each report is.</summary>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    /// <returns>The reports, in the order of <see cref="Names"/>.</returns>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<ReportStatus>> GetReportsAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT view_name, mode, version, refreshed_at, as_of, ledger_position, waiting_claims
            FROM claims.report_state WHERE view_name = ANY($1) ORDER BY array_position($1, view_name)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Names] });
        var reports = new List<ReportStatus>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            reports.Add(new ReportStatus(
                reader.GetString(0), Enum.Parse<ReportMode>(reader.GetString(1), ignoreCase: true), reader.GetString(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken),
                await reader.GetFieldValueAsync<DateTimeOffset>(4, cancellationToken), reader.GetInt64(5), reader.GetInt64(6)));
        }

        return reports;
    }
}
