using System.Globalization;
using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>The statements of a report.</summary>
internal static class ReportSql
{
    /// <summary>The names of the columns that hold the place of a row in the order.</summary>
    public static string PlaceColumn(int number) => $"place_{number}";

    /// <summary>The rows of a page, and one more if there is one, each with its place.</summary>
    public static NpgsqlCommand Page(Report report, ReportQuery query)
    {
        IReadOnlyList<KeyColumn> order = report.Order(query);
        IEnumerable<string> places = order.Select((column, i) => $"{(column.IsDay ? $"to_char({column.Sql}, 'YYYY-MM-DD')" : column.Sql)} AS {PlaceColumn(i)}");
        return Rows(report, query, order, places, query.Limit + 1);
    }

    /// <summary>All rows, or the first ones if there is a limit, in the order of the pages.</summary>
    public static NpgsqlCommand Export(Report report, ReportQuery query) => Rows(report, query, report.Order(query), [], query.Limit);

    /// <summary>The sums over all rows, whatever the page. A sum has 28 digits at most, and gives up the last ones after the point for it.</summary>
    public static NpgsqlCommand Totals(Report report, ReportQuery query)
    {
        var command = new NpgsqlCommand();
        IEnumerable<string> sums =
        [
            "count(*) AS count",
            .. report.Amounts.Select(column => $"coalesce(sum({column}), 0) AS {column}"),
            .. report.Counts.Select(column => $"coalesce(sum({column}), 0)::bigint AS {column}"),
        ];
        IEnumerable<string> totals =
        [
            "count",
            .. report.Amounts.Select(column => $"round({column}, least(scale({column}), 28 - length(trunc(abs({column}))::text))) AS {column}"),
            .. report.Counts,
            .. report.Rates.Select(rate => $"{rate.Value} AS {rate.Key}"),
        ];
        command.CommandText = $"SELECT {string.Join(", ", totals)} FROM (SELECT {string.Join(", ", sums)} FROM claims.{report.View}{Where(Filters(command, report, query))}) sums";
        return command;
    }

    private static NpgsqlCommand Rows(Report report, ReportQuery query, IReadOnlyList<KeyColumn> order, IEnumerable<string> places, int? limit)
    {
        var command = new NpgsqlCommand();
        List<string> conditions = Filters(command, report, query);
        string columns = string.Join(", ", order.Select(column => column.Sql));
        if (query.After.Count > 0)
            conditions.Add($"({columns}) > ({string.Join(", ", query.After.Select((value, i) => order[i].IsDay ? Add(command, Day(value)) : Add(command, value)))})");
        command.CommandText = $"SELECT {string.Join(", ", report.Columns.Select(column => column.Sql).Concat(places))} FROM claims.{report.View}{Where(conditions)} ORDER BY {columns}"
            + (limit is { } count ? string.Create(CultureInfo.InvariantCulture, $" LIMIT {count}") : "");
        return command;
    }

    private static List<string> Filters(NpgsqlCommand command, Report report, ReportQuery query)
    {
        var conditions = new List<string>();
        if (query.Facility is { } facility) conditions.Add($"facility_id = {Add(command, facility)}");
        if (query.Payer is { } payer) conditions.Add($"payer_id = {Add(command, payer)}");
        if (query.From is { } from) conditions.Add($"{report.Day.Sql} >= {Add(command, from)}");
        if (query.To is { } to) conditions.Add($"{report.Day.Sql} <= {Add(command, to)}");
        return conditions;
    }

    private static string Where(List<string> conditions) => conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Add<T>(NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
