using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace ReferenceHost.Api.Reports;

/// <summary>
/// The tag of an answer. It is weak: the same tag means the same rows, while the fields that say how fresh they are may have moved on.
/// </summary>
internal static class ReportTag
{
    /// <summary>What the rows of a report depend on besides the query.</summary>
    public static string Stamp(Report report, ReportState state) =>
        report.DependsOnToday ? $"{state.Version}.{state.Today.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.{state.Origin}" : $"{state.Version}.{state.Origin}";

    public static EntityTagHeaderValue Of(Report report, ReportState state, ReportQuery query, string format) =>
        new($"\"{state.Version}-{Digest.Of(report.Name, Stamp(report, state), query.Page, query.Totals ? "totals" : "", format)}\"", isWeak: true);

    /// <summary>Whether the caller has these rows already.</summary>
    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
