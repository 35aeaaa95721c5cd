using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What SearchTransactions is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.SearchTransactions, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class SearchTransactionsRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }

    [XmlElement("direction")]
    public int Direction { get; set; }

    [XmlElement("callerLicense")]
    public string? CallerLicense { get; set; }

    [XmlElement("ePartner")]
    public string? EPartner { get; set; }

    [XmlElement("transactionID")]
    public int TransactionId { get; set; } = TransactionType.All;

    [XmlElement("TransactionStatus")]
    public int TransactionStatus { get; set; }

    [XmlElement("transactionFileName")]
    public string? TransactionFileName { get; set; }

    [XmlElement("transactionFromDate")]
    public string? TransactionFromDate { get; set; }

    [XmlElement("transactionToDate")]
    public string? TransactionToDate { get; set; }

    [XmlElement("minRecordCount")]
    public int MinRecordCount { get; set; } = -1;

    [XmlElement("maxRecordCount")]
    public int MaxRecordCount { get; set; } = -1;
}

/// <summary>What SearchTransactions answers with.</summary>
[MessageContract(WrapperName = "SearchTransactionsResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class SearchTransactionsResponse
{
    [XmlElement("SearchTransactionsResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("foundTransactions", Order = 1)]
    public string? List { get; set; }

    [XmlElement("errorMessage", Order = 2)]
    public string? ErrorMessage { get; set; }
}
