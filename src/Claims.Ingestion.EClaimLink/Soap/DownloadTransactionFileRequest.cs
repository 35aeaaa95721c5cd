using System.ServiceModel;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The body of DownloadTransactionFile, in the order of the WSDL.</summary>
[MessageContract(IsWrapped = true, WrapperName = GatewayOperation.DownloadTransactionFile, WrapperNamespace = IGatewayContract.Namespace)]
internal sealed class DownloadTransactionFileRequest
{
    [MessageBodyMember(Name = "login", Order = 0)]
    public string? Login { get; set; }

    [MessageBodyMember(Name = "pwd", Order = 1)]
    public string? Password { get; set; }

    [MessageBodyMember(Name = "fileId", Order = 2)]
    public string? FileId { get; set; }
}
