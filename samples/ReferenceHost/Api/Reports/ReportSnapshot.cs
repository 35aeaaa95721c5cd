using System.Data;
using System.Text.Json;
using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>One snapshot of one server: the state of a report and its rows, which belong together.</summary>
internal sealed class ReportSnapshot<TRow, TTotals> : IAsyncDisposable
    where TRow : class
    where TTotals : class
{
    private readonly Report<TRow, TTotals> _report;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly ReportMetrics _metrics;

    private ReportSnapshot(Report<TRow, TTotals> report, NpgsqlConnection connection, NpgsqlTransaction transaction, ReportState state, ReportMetrics metrics)
    {
        _report = report;
        _connection = connection;
        _transaction = transaction;
        _metrics = metrics;
        State = state;
    }

    public ReportState State { get; }

    private string Stamp => ReportTag.Stamp(_report, State);

    /// <summary>Takes the snapshot on a connection, which it disposes of.</summary>
    public static async Task<ReportSnapshot<TRow, TTotals>> TakeAsync(Report<TRow, TTotals> report, NpgsqlConnection connection, ReportMetrics metrics, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("SET TRANSACTION READ ONLY"),
                    new NpgsqlBatchCommand(ReportState.Sql) { Parameters = { new NpgsqlParameter<string> { TypedValue = report.View } } },
                },
            };
            metrics.Asked(report, "state");
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) throw new InvalidOperationException($"claims.report_state has no row for {report.View}.");
            return new ReportSnapshot<TRow, TTotals>(report, connection, transaction, ReportState.Read(reader), metrics);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<ReportPage> PageAsync(ReportQuery query, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        _metrics.Asked(_report, "page");
        await using NpgsqlCommand command = On(ReportSql.Page(_report, query));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<TRow>();
        int places = _report.Order(query).Count;
        string? next = null;
        while (rows.Count < query.Limit && await reader.ReadAsync(cancellationToken))
        {
            rows.Add(_report.ReadRow(reader));
            if (rows.Count == query.Limit) next = ReportCursor.Encode(_report, query, Enumerable.Range(0, places).Select(i => reader.Text(ReportSql.PlaceColumn(i))!));
        }

        return new ReportPage(Stamp, JsonSerializer.SerializeToUtf8Bytes(rows, json), next is not null && await reader.ReadAsync(cancellationToken) ? next : null);
    }

    public async Task<ReportTotals<TTotals>> TotalsAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        _metrics.Asked(_report, "totals");
        await using NpgsqlCommand command = On(ReportSql.Totals(_report, query));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ReportTotals<TTotals>(Stamp, _report.ReadTotals(reader));
    }

    /// <summary>All rows, as they come from the server.</summary>
    public async Task<NpgsqlDataReader> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        _metrics.Asked(_report, "export");
        await using NpgsqlCommand command = On(ReportSql.Export(_report, query));
        return await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private NpgsqlCommand On(NpgsqlCommand command)
    {
        command.Connection = _connection;
        command.Transaction = _transaction;
        return command;
    }
}
