using Claims.Ingestion.EClaimLink.Calls;
using Claims.Ingestion.EClaimLink.Listing;
using Claims.Ingestion.EClaimLink.Soap;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink;

/// <summary>Polls facilities at the eClaimLink gateway. A facility's endpoint is the address of the service.</summary>
internal sealed class EClaimLinkPoller(
    FacilityListing listing, LookBacks lookBacks, FacilityGateway gateway, FacilityPipelines pipelines, DownloadCounts downloads, IOptions<EClaimLinkOptions> options, ILogger<EClaimLinkPoller> logger)
    : IFacilityPoller
{
    public string Kind => "eclaimlink";

    public IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, CancellationToken cancellationToken) =>
        listing.ListAsync(facility, cancellationToken);

    public IAsyncEnumerable<RemoteFile> ListRangeAsync(Facility facility, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        listing.ListRangeAsync(facility, from, to, cancellationToken);

    public CircuitState? GetCircuitState(Facility facility) => pipelines.CircuitOf(facility.Id);

    public async ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken)
    {
        downloads.ThrowIfTooMany(facility, file.ExternalId);
        Answer answer;
        try
        {
            answer = await gateway.CallAsync(
                facility,
                GatewayOperation.DownloadTransactionFile,
                (contract, credential) => contract.DownloadTransactionFile(new() { Login = credential.Login, Password = credential.Password, FileId = file.ExternalId }),
                cancellationToken);
        }
        catch (FacilityPollException exception) when (exception.InnerException is GatewayCallException { IsDamaged: true })
        {
            downloads.Add(facility, file.ExternalId);
            throw;
        }

        downloads.Add(facility, file.ExternalId);
        if (ResultCodes.KindOf(answer.Code) == ResultKind.Done && answer.File is { } content) return new DownloadedFile(content);
        answer.Dispose();
        if (ResultCodes.KindOf(answer.Code) == ResultKind.Gone)
        {
            logger.FileGone(facility.Id, file.ExternalId, GatewayOperation.DownloadTransactionFile);
            return null;
        }

        throw new FacilityPollException(
            $"Facility {facility.Id}, {GatewayOperation.DownloadTransactionFile}: the gateway reports success (result {answer.Code}) but sent no file; the next poll asks again. If it lasts, ask the gateway's operator.");
    }

    public async ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken)
    {
        FileIdElement element = options.Value.FileIdElement;
        using Answer answer = await gateway.CallAsync(
            facility,
            GatewayOperation.SetTransactionDownloaded,
            (contract, credential) => contract.SetTransactionDownloaded(new()
            {
                Login = credential.Login,
                Password = credential.Password,
                FieldId = element == FileIdElement.FileId ? null : file.ExternalId,
                FileId = element == FileIdElement.FieldId ? null : file.ExternalId,
            }),
            cancellationToken);
        downloads.Forget(facility, file.ExternalId);
        lookBacks.Acknowledged(facility.Id, file.ExternalId);
        if (ResultCodes.KindOf(answer.Code) == ResultKind.Gone)
            logger.FileGone(facility.Id, file.ExternalId, GatewayOperation.SetTransactionDownloaded);
    }
}
