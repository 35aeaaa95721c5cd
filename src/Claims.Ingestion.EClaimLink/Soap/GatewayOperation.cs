namespace Claims.Ingestion.EClaimLink.Soap;

internal static class GatewayOperation
{
    public const string GetNewTransactions = "GetNewTransactions";

    public const string SearchTransactions = "SearchTransactions";

    public const string DownloadTransactionFile = "DownloadTransactionFile";

    public const string SetTransactionDownloaded = "SetTransactionDownloaded";
}
