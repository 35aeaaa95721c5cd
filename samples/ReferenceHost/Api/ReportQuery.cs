using System.ComponentModel;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace ReferenceHost.Api;

/// <summary>The filters and the page that a report is asked for.</summary>
internal sealed class ReportQuery
{
    [Description("Only this facility.")]
    public string? Facility { get; init; }

    [Description("Only this payer.")]
    public string? Payer { get; init; }

    [Description("Only from this day on.")]
    public DateOnly? From { get; init; }

    [Description("Only up to and including this day.")]
    public DateOnly? To { get; init; }

    [Description("The page that follows the one with this field 'next'.")]
    public string? Cursor { get; init; }

    [Description("Rows of a page, at most 1000; 100 when left out.")]
    public int? Limit { get; init; }
}

/// <summary>A report over one view, paged by its key.</summary>
/// <param name="View">The view.</param>
/// <param name="Columns">The columns to read.</param>
/// <param name="Key">The columns of its unique index, all text or date, in order.</param>
/// <param name="Day">The expression that the filters <c>from</c> and <c>to</c> compare.</param>
/// <param name="Read">Reads a row.</param>
internal sealed record Report<TRow>(string View, string Columns, string[] Key, string Day, Func<NpgsqlDataReader, TRow> Read)
{
    public async Task<Results<Ok<Page<TRow>>, ProblemHttpResult>> QueryAsync(RoleDataSource database, ReportQuery query, CancellationToken cancellationToken)
    {
        int limit = query.Limit ?? 100;
        if (limit is < 1 or > 1000) return Problems.BadLimit(limit);
        if (!Cursor.TryDecode(query.Cursor, Key.Length, out string[] after)) return Problems.BadCursor();
        if (query.From > query.To) return TypedResults.Problem($"from is {query.From:yyyy-MM-dd} and to is {query.To:yyyy-MM-dd}; from must not be later.", statusCode: 400);

        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using NpgsqlCommand command = connection.CreateCommand();
        var conditions = new List<string>();
        if (query.Facility is { } facility) conditions.Add($"facility_id = {Add(command, facility)}");
        if (query.Payer is { } payer) conditions.Add($"payer_id = {Add(command, payer)}");
        if (query.From is { } from) conditions.Add($"{Day} >= {Add(command, from)}");
        if (query.To is { } to) conditions.Add($"{Day} <= {Add(command, to)}");
        if (after.Length > 0) conditions.Add($"({string.Join(", ", Key)}) > ({string.Join(", ", after.Select((part, i) => Add(command, part) + Cast(Key[i])))})");
        string where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        command.CommandText = $"SELECT {Columns} FROM claims.{View} {where} ORDER BY {string.Join(", ", Key)} LIMIT {limit}";

        var rows = new List<TRow>();
        string? next = null;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
            if (rows.Count == limit) next = Cursor.Encode([.. Key.Select(column => KeyText(reader, column))]);
        }

        return TypedResults.Ok(new Page<TRow>(rows, next));
    }

    private static string Add<T>(NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }

    private static string Cast(string column) => column == "month" ? "::date" : "";

    private static string KeyText(NpgsqlDataReader reader, string column) =>
        column == "month" ? reader.Number<DateOnly>(column).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : reader.Text(column)!;
}
