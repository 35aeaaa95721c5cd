using System.ServiceModel;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The body of SearchTransactions, in the order of the WSDL. Texts that do not matter are empty; numbers must not be, or the service faults.</summary>
[MessageContract(IsWrapped = true, WrapperName = GatewayOperation.SearchTransactions, WrapperNamespace = IGatewayContract.Namespace)]
internal sealed class SearchTransactionsRequest
{
    [MessageBodyMember(Name = "login", Order = 0)]
    public string? Login { get; set; }

    [MessageBodyMember(Name = "pwd", Order = 1)]
    public string? Password { get; set; }

    [MessageBodyMember(Name = "direction", Order = 2)]
    public int Direction { get; set; }

    [MessageBodyMember(Name = "callerLicense", Order = 3)]
    public string CallerLicense { get; set; } = "";

    [MessageBodyMember(Name = "ePartner", Order = 4)]
    public string EPartner { get; set; } = "";

    [MessageBodyMember(Name = "transactionID", Order = 5)]
    public int TransactionId { get; set; }

    [MessageBodyMember(Name = "TransactionStatus", Order = 6)]
    public int TransactionStatus { get; set; }

    [MessageBodyMember(Name = "transactionFileName", Order = 7)]
    public string TransactionFileName { get; set; } = "";

    [MessageBodyMember(Name = "transactionFromDate", Order = 8)]
    public string? TransactionFromDate { get; set; }

    [MessageBodyMember(Name = "transactionToDate", Order = 9)]
    public string? TransactionToDate { get; set; }

    /// <summary>A filter on the number of claims in a file, not a page: -1 means none, and anything else would hide files.</summary>
    [MessageBodyMember(Name = "minRecordCount", Order = 10)]
    public int MinRecordCount { get; set; } = -1;

    /// <summary>See <see cref="MinRecordCount"/>.</summary>
    [MessageBodyMember(Name = "maxRecordCount", Order = 11)]
    public int MaxRecordCount { get; set; } = -1;
}
