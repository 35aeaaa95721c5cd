using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What GetNewTransactions is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.GetNewTransactions, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class GetNewTransactionsRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }
}

/// <summary>What GetNewTransactions answers with.</summary>
[MessageContract(WrapperName = "GetNewTransactionsResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class GetNewTransactionsResponse
{
    [XmlElement("GetNewTransactionsResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("xmlTransaction", Order = 1)]
    public string? List { get; set; }

    [XmlElement("errorMessage", Order = 2)]
    public string? ErrorMessage { get; set; }
}
