using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What CheckForNewPriorAuthorizationTransactions is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.CheckForNewPriorAuthorizationTransactions, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class CheckForNewPriorAuthorizationTransactionsRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }
}

/// <summary>What CheckForNewPriorAuthorizationTransactions answers with.</summary>
[MessageContract(WrapperName = "CheckForNewPriorAuthorizationTransactionsResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class CheckForNewPriorAuthorizationTransactionsResponse
{
    [XmlElement("CheckForNewPriorAuthorizationTransactionsResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("errorMessage", Order = 1)]
    public string? ErrorMessage { get; set; }
}
