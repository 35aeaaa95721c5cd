using System.ServiceModel;
using System.Xml.Serialization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What DownloadTransactionFile is asked with.</summary>
[MessageContract(WrapperName = GatewayOperation.DownloadTransactionFile, WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class DownloadTransactionFileRequest : ISignedRequest
{
    [XmlElement("login")]
    public string? Login { get; set; }

    [XmlElement("pwd")]
    public string? Password { get; set; }

    [XmlElement("fileId")]
    public string? FileId { get; set; }
}

/// <summary>What DownloadTransactionFile answers with.</summary>
[MessageContract(WrapperName = "DownloadTransactionFileResponse", WrapperNamespace = IValidateTransactions.Namespace)]
public sealed class DownloadTransactionFileResponse
{
    [XmlElement("DownloadTransactionFileResult", Order = 0)]
    public int Result { get; set; }

    [XmlElement("fileName", Order = 1)]
    public string? FileName { get; set; }

    [XmlElement("file", Order = 2)]
    public byte[]? Content { get; set; }

    [XmlElement("errorMessage", Order = 3)]
    public string? ErrorMessage { get; set; }
}
