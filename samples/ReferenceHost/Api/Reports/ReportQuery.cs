using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ReferenceHost.Api.Reports;

/// <summary>The filters and the page that a report is asked for.</summary>
/// <param name="Facility">Only this facility.</param>
/// <param name="Payer">Only this payer.</param>
/// <param name="From">Only from this day on.</param>
/// <param name="To">Only up to and including this day.</param>
/// <param name="After">The place after which the page begins: the values of the columns that it is ordered by; empty for the first page.</param>
/// <param name="Limit">The most rows; <see langword="null"/> for all.</param>
/// <param name="Totals">Whether the sums are asked for.</param>
internal sealed record ReportQuery(string? Facility, string? Payer, DateOnly? From, DateOnly? To, IReadOnlyList<string> After, int? Limit, bool Totals)
{
    public const int MaxPage = 1000;

    private const int DefaultPage = 100;

    public bool HasDays => From is not null || To is not null;

    /// <summary>Two queries have the same text when they leave the same rows.</summary>
    public string Filters => JsonSerializer.Serialize(new[] { Facility, Payer, Day(From), Day(To) });

    /// <summary>Two queries have the same text when they ask for the same page.</summary>
    public string Page => $"{Filters}{JsonSerializer.Serialize(After)}{Limit}";

    /// <summary>Reads the query of a page. A parameter without a value counts as left out, as a form sends it.</summary>
    public static bool TryReadPage(IQueryCollection parameters, Report report, [NotNullWhen(true)] out ReportQuery? query, [NotNullWhen(false)] out BadParameter? bad) =>
        (query = Read(parameters, report, DefaultPage, MaxPage, out bad)) is not null;

    /// <summary>Reads the query of an export: all rows unless a limit is asked for.</summary>
    public static bool TryReadExport(IQueryCollection parameters, Report report, [NotNullWhen(true)] out ReportQuery? query, [NotNullWhen(false)] out BadParameter? bad)
    {
        query = Read(parameters, report, null, int.MaxValue, out bad);
        foreach (string name in new[] { "cursor", "totals" })
        {
            if (query is null || string.IsNullOrEmpty(parameters[name])) continue;
            bad = new BadParameter(name, $"{name} is not for an export, which has all rows; leave it out.");
            query = null;
        }

        return query is not null;
    }

    private static ReportQuery? Read(IQueryCollection parameters, Report report, int? defaultLimit, int maxLimit, out BadParameter? bad)
    {
        var reader = new QueryReader(parameters);
        var query = new ReportQuery(
            reader.Text("facility"), reader.Text("payer"), reader.Day("from"), reader.Day("to"), [], reader.Number("limit", 1, maxLimit) ?? defaultLimit, reader.Flag("totals"));
        if (query.From > query.To)
            reader.Refuse("from", $"from is {Day(query.From)} and to is {Day(query.To)}; from must not be later.");
        if (reader.Text("cursor") is { } cursor)
        {
            if (ReportCursor.TryDecode(cursor, report, query, out IReadOnlyList<string> after, out string reason)) query = query with { After = after };
            else reader.Refuse("cursor", reason);
        }

        bad = reader.Bad;
        return bad is null ? query : null;
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
