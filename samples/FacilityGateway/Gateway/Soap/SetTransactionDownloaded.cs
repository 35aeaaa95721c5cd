using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What SetTransactionDownloaded is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.SetTransactionDownloaded, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class SetTransactionDownloadedRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }

    [XmlElement("fieldId")]
    public string? FieldId { get; set; }

    [XmlElement("fileId")]
    public string? FileId { get; set; }
}

/// <summary>What SetTransactionDownloaded answers with.</summary>
[MessageContract(WrapperName = "SetTransactionDownloadedResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class SetTransactionDownloadedResponse
{
    [XmlElement("SetTransactionDownloadedResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("errorMessage", Order = 1)]
    public string? ErrorMessage { get; set; }
}
