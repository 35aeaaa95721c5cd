using System.Text.Json;
using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>A column that pages are ordered by.</summary>
/// <param name="Sql">The column, or the expression of an index.</param>
/// <param name="IsDay">Whether it is a day; otherwise it is text.</param>
/// <param name="Filter">The filter that leaves one value of it, if there is such a filter.</param>
internal sealed record KeyColumn(string Sql, bool IsDay = false, Func<ReportQuery, string?>? Filter = null);

/// <summary>A column of the answer.</summary>
/// <param name="Field">Its name in JSON and CSV.</param>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Sql">What is selected.</param>
internal sealed record ReportColumn(string Field, string Name, string Sql);

/// <summary>A report over one view.</summary>
internal abstract class Report
{
    /// <summary>Its name in the path.</summary>
    public required string Name { get; init; }

    public required string Summary { get; init; }

    /// <summary>What the filters <c>from</c> and <c>to</c> compare, in words.</summary>
    public required string DayMeaning { get; init; }

    public required string View { get; init; }

    /// <summary>The columns of the view's key, in order.</summary>
    public required IReadOnlyList<KeyColumn> Key { get; init; }

    /// <summary>What the filters <c>from</c> and <c>to</c> compare.</summary>
    public required KeyColumn Day { get; init; }

    /// <summary>The columns whose sums are amounts.</summary>
    public required IReadOnlyList<string> Amounts { get; init; }

    /// <summary>The columns whose sums are counts.</summary>
    public required IReadOnlyList<string> Counts { get; init; }

    /// <summary>What is computed from the sums, by the formulas of the views.</summary>
    public IReadOnlyDictionary<string, string> Rates { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns that the view does not have.</summary>
    public IReadOnlyDictionary<string, string> Computed { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its rows change with the day, though nothing was stored.</summary>
    public bool DependsOnToday { get; init; }

    public abstract IReadOnlyList<ReportColumn> Columns { get; }

    /// <summary>
    /// The columns that the pages of a query are ordered by: the key, which never changes, so that paging neither repeats nor misses a row. With a range of days the day comes first, so that a page reads the
    /// rows of its days only. Columns of which the filters leave one value are left out.
    /// </summary>
    public IReadOnlyList<KeyColumn> Order(ReportQuery query)
    {
        IEnumerable<KeyColumn> key = Key.Where(column => column.Filter?.Invoke(query) is null);
        return query.HasDays ? [Day, .. key.Where(column => column.Sql != Day.Sql)] : [.. key];
    }
}

/// <summary>A report with the types of its rows and sums. The columns are the properties of a row.</summary>
internal sealed class Report<TRow, TTotals> : Report
    where TRow : class
    where TTotals : class
{
    private IReadOnlyList<ReportColumn>? _columns;

    public required Func<NpgsqlDataReader, TRow> ReadRow { get; init; }

    public required Func<NpgsqlDataReader, TTotals> ReadTotals { get; init; }

    public override IReadOnlyList<ReportColumn> Columns => _columns ??= [.. typeof(TRow).GetProperties().Select(property =>
    {
        string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        return new ReportColumn(JsonNamingPolicy.CamelCase.ConvertName(property.Name), name, Computed.TryGetValue(name, out string? sql) ? $"{sql} AS {name}" : name);
    })];
}
