using System.ServiceModel;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The body of SetTransactionDownloaded. An id that is <see langword="null"/> is left out.</summary>
[MessageContract(IsWrapped = true, WrapperName = GatewayOperation.SetTransactionDownloaded, WrapperNamespace = IGatewayContract.Namespace)]
internal sealed class SetTransactionDownloadedRequest
{
    [MessageBodyMember(Name = "login", Order = 0)]
    public string? Login { get; set; }

    [MessageBodyMember(Name = "pwd", Order = 1)]
    public string? Password { get; set; }

    [MessageBodyMember(Name = "fieldId", Order = 2)]
    public string? FieldId { get; set; }

    [MessageBodyMember(Name = "fileId", Order = 3)]
    public string? FileId { get; set; }
}
