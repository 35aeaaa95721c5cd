using System.Diagnostics;
using System.Globalization;
using System.ServiceModel.Channels;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.EClaimLink.Soap;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>Calls the gateway for a facility: with its credential, its resilience pipeline, and an operator's words for every failure.</summary>
internal sealed class FacilityGateway(
    SoapClient soap,
    ICredentialProvider credentials,
    ParkedFacilities parked,
    FacilityPipelines pipelines,
    EClaimLinkMetrics metrics,
    IOptions<EClaimLinkOptions> options,
    TimeProvider time,
    ILogger<FacilityGateway> logger) : IDisposable
{
    private readonly SemaphoreSlim _downloads = new(options.Value.MaxConcurrentDownloads);

    /// <summary>A call of one operation: writes the request with the credential that it is given.</summary>
    public delegate Task<Message> Call(IGatewayContract contract, FacilityCredential credential);

    /// <summary>Calls the gateway.</summary>
    /// <returns>The answer of a success, or of a result that the caller must deal with: a search's window is too long, a file is gone.</returns>
    /// <exception cref="FacilityPollException">The call failed.</exception>
    public async Task<Answer> CallAsync(Facility facility, string operation, Call call, CancellationToken cancellationToken)
    {
        Uri address = AddressOf(facility);
        FacilityCredential credential = await credentials.GetCredentialAsync(facility, cancellationToken) ?? throw new FacilityPollException(
            $"Facility {facility.Id} has no login for the gateway; set Claims:Credentials:{facility.Id}:Login and :Password, or its entry in the credential store.");
        parked.ThrowIfParked(facility, credential);
        try
        {
            return await pipelines.Of(facility.Id).ExecuteAsync(
                async token => await TryAsync(facility, address, operation, call, credential, token), cancellationToken);
        }
        catch (GatewayCallException exception)
        {
            throw new FacilityPollException($"Facility {facility.Id}, {operation}: {exception.Message}.", exception);
        }
        catch (TimeoutRejectedException)
        {
            throw new FacilityPollException(
                $"Facility {facility.Id}, {operation}: no success within {options.Value.TotalTimeout}, with all tries and the wait for a free download; the next poll tries again. If it lasts, raise Claims:EClaimLink:TotalTimeout or MaxConcurrentDownloads.");
        }
        catch (BrokenCircuitException exception)
        {
            DateTimeOffset next = time.GetUtcNow() + (exception.RetryAfter ?? options.Value.BreakerOpenTime);
            throw new FacilityPollException(string.Create(
                CultureInfo.InvariantCulture,
                $"Facility {facility.Id}, {operation}: too many calls failed lately, so none is made before {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. Other facilities are not concerned. The last failure: {exception.InnerException?.Message}."))
            {
                Outcome = PollOutcome.CircuitOpen,
            };
        }
    }

    public void Dispose() => _downloads.Dispose();

    private async Task<Answer> TryAsync(
        Facility facility, Uri address, string operation, Call call, FacilityCredential credential, CancellationToken cancellationToken)
    {
        parked.ThrowIfParked(facility, credential);
        using Activity? span = GatewayTraces.Start(facility.Id, operation);
        bool isDownload = operation == GatewayOperation.DownloadTransactionFile;
        if (isDownload) await _downloads.WaitAsync(cancellationToken);
        Answer answer;
        try
        {
            long maxBytes = isDownload ? soap.MaxDownloadBytes : options.Value.MaxListingBytes;
            answer = await pipelines.Attempt.ExecuteAsync(
                async token => await soap.CallAsync(address, operation, contract => call(contract, credential), maxBytes, token), cancellationToken);
        }
        catch (GatewayCallException exception)
        {
            metrics.CallEnded(operation, exception.Result);
            span.Fail(exception.Result);
            throw;
        }
        catch (TimeoutRejectedException)
        {
            GatewayCallException timeout = CallErrors.Timeout(options.Value.AttemptTimeout);
            metrics.CallEnded(operation, timeout.Result);
            span.Fail(timeout.Result);
            throw timeout;
        }
        finally
        {
            if (isDownload) _downloads.Release();
        }

        string result = answer.Code.ToString(CultureInfo.InvariantCulture);
        metrics.CallEnded(operation, result);
        span?.SetTag(EClaimLinkMetrics.ResultTag, result);
        try
        {
            return Judge(facility, operation, credential, answer);
        }
        catch
        {
            span.Fail(result);
            throw;
        }
    }

    private Answer Judge(Facility facility, string operation, FacilityCredential credential, Answer answer)
    {
        ResultKind kind = ResultCodes.KindOf(answer.Code);
        bool isForCaller = kind switch
        {
            ResultKind.Done or ResultKind.Nothing => true,
            ResultKind.WindowTooLong => operation is GatewayOperation.SearchTransactions,
            ResultKind.Gone => operation is GatewayOperation.DownloadTransactionFile or GatewayOperation.SetTransactionDownloaded,
            _ => false,
        };
        if (isForCaller) return answer;
        answer.Dispose();
        string code = answer.Code.ToString(CultureInfo.InvariantCulture);
        switch (kind)
        {
            case ResultKind.Refused:
                parked.Park(facility, credential, answer.Code);
                throw ParkedFacilities.Error(facility, answer.Code);
            case ResultKind.Unknown:
                logger.UnknownCode(facility.Id, operation, answer.Code);
                metrics.UnknownCode(operation, code);
                break;
        }

        throw new GatewayCallException(code, ResultCodes.Describe(answer.Code), kind is ResultKind.Transient or ResultKind.Unknown);
    }

    private Uri AddressOf(Facility facility)
    {
        if (!Uri.TryCreate(facility.Endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            throw new FacilityPollException(
                $"Facility {facility.Id}: its Endpoint is not the address of a service; it must be of the form https://host/ValidateTransactions.asmx, without a login in it.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !options.Value.AllowHttp)
        {
            throw new FacilityPollException(
                $"Facility {facility.Id}: its Endpoint is an http address, where the password could be read on the way; use https, or set Claims:EClaimLink:AllowHttp to true for a gateway in a trusted network.");
        }

        return address;
    }
}
