using System.Globalization;

namespace ReferenceHost.Api.Reports;

/// <summary>The place after which a page begins, bound to the report and the filters that it was given for.</summary>
internal static class ReportCursor
{
    public static string Encode(Report report, ReportQuery query, IEnumerable<string> key) => Cursor.Encode([report.Name, Digest.Short(query.Filters), .. key]);

    public static bool TryDecode(string cursor, Report report, ReportQuery query, out IReadOnlyList<string> key, out string reason)
    {
        key = [];
        IReadOnlyList<KeyColumn> order = report.Order(query);
        if (!Cursor.TryDecode(cursor, out string?[] parts) || parts is not [{ } name, { } filters, .. var values])
        {
            reason = Problems.UnknownCursor;
        }
        else if (name != report.Name)
        {
            reason = "cursor belongs to another report; take it from the field 'next' of the page before, or leave it out.";
        }
        else if (filters != Digest.Short(query.Filters))
        {
            reason = "cursor was given for other filters; ask with the same facility, payer, from and to as for the page before, or leave it out.";
        }
        else if (values.Length != order.Count || values.Where((value, i) => !Fits(value, order[i])).Any())
        {
            reason = Problems.UnknownCursor;
        }
        else
        {
            key = values!;
            reason = "";
            return true;
        }

        return false;
    }

    // It comes back from strangers: what the database would refuse is refused here.
    private static bool Fits(string? value, KeyColumn column) => column.IsDay
        ? DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        : value is not null && !value.Contains('\0', StringComparison.Ordinal);
}
