using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What UploadTransaction is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.UploadTransaction, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class UploadTransactionRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }

    [XmlElement("fileContent")]
    public byte[]? Content { get; set; }

    [XmlElement("fileName")]
    public string? FileName { get; set; }
}

/// <summary>What UploadTransaction answers with.</summary>
[MessageContract(WrapperName = "UploadTransactionResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class UploadTransactionResponse
{
    [XmlElement("UploadTransactionResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("errorMessage", Order = 1)]
    public string? ErrorMessage { get; set; }

    [XmlElement("errorReport", Order = 2)]
    public byte[]? ErrorReport { get; set; }
}
