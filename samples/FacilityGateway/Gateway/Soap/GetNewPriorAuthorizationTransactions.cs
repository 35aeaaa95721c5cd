using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What GetNewPriorAuthorizationTransactions is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.GetNewPriorAuthorizationTransactions, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class GetNewPriorAuthorizationTransactionsRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }
}

/// <summary>What GetNewPriorAuthorizationTransactions answers with.</summary>
[MessageContract(WrapperName = "GetNewPriorAuthorizationTransactionsResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class GetNewPriorAuthorizationTransactionsResponse
{
    [XmlElement("GetNewPriorAuthorizationTransactionsResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("xmlTransaction", Order = 1)]
    public string? List { get; set; }

    [XmlElement("errorMessage", Order = 2)]
    public string? ErrorMessage { get; set; }
}
