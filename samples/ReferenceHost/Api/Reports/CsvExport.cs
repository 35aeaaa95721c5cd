using System.Globalization;
using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>A report as a file, streamed from the database as it comes: neither the rows nor the file are ever held as a whole.</summary>
internal sealed class CsvExport
{
    private const int ChunkBytes = 32 << 10;

    private readonly NpgsqlDataReader _reader;
    private readonly CsvBuffer _buffer = new(ChunkBytes + (ChunkBytes / 2));
    private readonly Action<NpgsqlDataReader, int, CsvBuffer>[] _cells;

    private CsvExport(NpgsqlDataReader reader)
    {
        _reader = reader;
        _cells = [.. Enumerable.Range(0, reader.FieldCount).Select(i => CsvCells.For(reader.GetFieldType(i)))];
    }

    public static async Task<IResult> GetAsync<TRow, TTotals>(HttpContext context, Report<TRow, TTotals> report, ReportSource source, ILogger<CsvExport> logger)
        where TRow : class
        where TTotals : class
    {
        if (!ReportQuery.TryReadExport(context.Request.Query, report, out ReportQuery? query, out BadParameter? bad)) return Problems.Bad(bad.Name, bad.Reason);
        CancellationToken gone = context.RequestAborted;
        try
        {
            await using ReportSnapshot<TRow, TTotals> snapshot = await source.SnapshotAsync(report, gone);
            if (ReportTag.IsKnown(context.Request, ReportEndpoints.SetHeaders(context, report, snapshot.State, query, "csv"))) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            string day = snapshot.State.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            context.Response.ContentType = "text/csv; charset=utf-8; header=present";
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{report.Name}-{day}.csv\"";
            if (HttpMethods.IsHead(context.Request.Method)) return TypedResults.Empty;
            await using NpgsqlDataReader reader = await snapshot.ExportAsync(query, gone);
            await new CsvExport(reader).WriteAsync(report, context.Response, gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The caller has gone; the server was told to stop.
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            // What was sent cannot be taken back. Cut off, the caller sees that it is not whole.
            logger.ExportCutOff(report.Name, exception);
            context.Abort();
        }

        return TypedResults.Empty;
    }

    private async Task WriteAsync(Report report, HttpResponse response, CancellationToken cancellationToken)
    {
        foreach (ReportColumn column in report.Columns) _buffer.Text(column.Field);
        _buffer.EndRow();
        while (await _reader.ReadAsync(cancellationToken))
        {
            for (int i = 0; i < _cells.Length; i++)
            {
                if (await _reader.IsDBNullAsync(i, cancellationToken)) _buffer.Nothing();
                else _cells[i](_reader, i, _buffer);
            }

            _buffer.EndRow();
            if (_buffer.Written.Length >= ChunkBytes) await SendAsync(response, cancellationToken);
        }

        await SendAsync(response, cancellationToken);
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        await response.BodyWriter.WriteAsync(_buffer.Written, cancellationToken);
        _buffer.Clear();
    }
}
