namespace FacilityGateway.Gateway;

/// <summary>The names of the operations.</summary>
public static class GatewayOperation
{
    public const string GetNewTransactions = "GetNewTransactions";

    public const string SearchTransactions = "SearchTransactions";

    public const string DownloadTransactionFile = "DownloadTransactionFile";

    public const string SetTransactionDownloaded = "SetTransactionDownloaded";

    public const string UploadTransaction = "UploadTransaction";

    public const string GetNewPriorAuthorizationTransactions = "GetNewPriorAuthorizationTransactions";

    public const string CheckForNewPriorAuthorizationTransactions = "CheckForNewPriorAuthorizationTransactions";

    internal static bool IsKnown(string operation) =>
        IsListing(operation) || operation is DownloadTransactionFile or SetTransactionDownloaded or UploadTransaction or CheckForNewPriorAuthorizationTransactions;

    internal static bool IsListing(string operation) => operation is GetNewTransactions or SearchTransactions or GetNewPriorAuthorizationTransactions;
}
