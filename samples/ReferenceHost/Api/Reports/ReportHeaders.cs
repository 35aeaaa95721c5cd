namespace ReferenceHost.Api.Reports;

/// <summary>The headers that say how fresh an answer is.</summary>
internal static class ReportHeaders
{
    public const string Version = "Claims-Report-Version";

    public const string AsOf = "Claims-Report-As-Of";

    public const string LedgerPosition = "Claims-Report-Ledger-Position";

    public const string WaitingClaims = "Claims-Report-Waiting-Claims";
}
