using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ReferenceHost.Api.Reports;

/// <summary>What is cached under a stamp.</summary>
internal interface IStamped
{
    /// <summary>What it depends on besides the query; see <see cref="ReportTag.Stamp"/>.</summary>
    string Stamp { get; }
}

/// <summary>A page of rows, as it is cached.</summary>
/// <param name="Stamp">What the rows depend on besides the query; see <see cref="ReportTag.Stamp"/>.</param>
/// <param name="Rows">The rows as JSON, in UTF-8: written once, however often they are asked for, and one object in memory rather than thousands.</param>
/// <param name="Next">The cursor of the next page; <see langword="null"/> on the last one.</param>
[ImmutableObject(true)]
internal sealed record ReportPage(string Stamp, byte[] Rows, string? Next) : IStamped;

/// <summary>What a server said last of a report, to somebody who asked for a certain page.</summary>
/// <param name="State">The state.</param>
/// <param name="At">When it said so.</param>
[ImmutableObject(true)]
internal sealed record ReportSeen(ReportState State, DateTimeOffset At);

/// <summary>The sums over all rows of a query, as they are cached.</summary>
/// <param name="Stamp">What the sums depend on besides the query.</param>
/// <param name="Totals">The sums.</param>
[ImmutableObject(true)]
internal sealed record ReportTotals<TTotals>(string Stamp, TTotals Totals) : IStamped;

/// <summary>A page of a report, and how fresh it is.</summary>
internal sealed record ReportAnswer<TRow, TTotals>(
    [property: Description("The rows of the page.")] IReadOnlyList<TRow> Rows,
    [property: Description("The cursor of the next page; null on the last one.")] string? Next,
    [property: Description("The sums over all rows that the filters leave, on whatever page; only with totals=true."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TTotals? Totals,
    [property: Description("Everything that was committed before is shown.")] DateTimeOffset AsOf,
    [property: Description("Everything that the files up to this id changed is shown.")] long LedgerPosition,
    [property: Description("It changes when rows of the report may have changed.")] string Version,
    [property: Description("Stored claims that the report does not show yet.")] long WaitingClaims);
