using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>
/// Sends what System.ServiceModel has written and receives the whole answer, into memory or a temporary file, within the call's
/// limits of time and size. Only an answer that can be SOAP is passed on.
/// </summary>
internal sealed class GatewayHandler(IHttpMessageHandlerFactory handlers, IOptions<PipelineOptions> budgets) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AnswerScope scope = AnswerScope.Current;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(scope.Token, cancellationToken);
        try
        {
            // Asked anew each time, so that the factory can renew connections and so addresses.
            using var invoker = new HttpMessageInvoker(handlers.CreateHandler(EClaimLinkOptions.HttpClientName), disposeHandler: false);
            using HttpResponseMessage response = await invoker.SendAsync(request, stop.Token);
            bool isHtml = response.Content.Headers.ContentType?.MediaType is "text/html";
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError) || (isHtml && response.StatusCode != HttpStatusCode.OK))
                throw CallErrors.Status(response.StatusCode, isHtml);
            if (isHtml) throw CallErrors.Html();

            FetchedContent body = scope.Body = await ReceiveAsync(response.Content, scope.MaxBytes, stop.Token);
            Check(response, body);
            return PassOn(response, body);
        }
        catch (HttpRequestException exception)
        {
            throw CallErrors.NotAnswered(exception);
        }
        catch (Exception exception) when (exception is HttpIOException || exception is IOException { InnerException: SocketException })
        {
            throw CallErrors.Dropped();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CallErrors.NotKept(exception.GetType().Name);
        }
    }

    private static void Check(HttpResponseMessage response, FetchedContent body)
    {
        if (body.Length == 0)
            throw response.StatusCode == HttpStatusCode.OK ? CallErrors.Empty() : CallErrors.Status(response.StatusCode, isHtml: false);

        Span<byte> start = stackalloc byte[256];
        using Stream stream = body.OpenRead();
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        switch (AnswerStart.Of(start))
        {
            case AnswerStart.Kind.Html:
                throw response.StatusCode == HttpStatusCode.OK ? CallErrors.Html() : CallErrors.Status(response.StatusCode, isHtml: true);
            case AnswerStart.Kind.Other when response.StatusCode != HttpStatusCode.OK:
                throw CallErrors.Status(response.StatusCode, isHtml: false);
            case AnswerStart.Kind.Other when response.Content.Headers.ContentType is { MediaType: not ("text/xml" or "application/xml" or "application/soap+xml") } type:
                throw CallErrors.WrongType(type);
            case AnswerStart.Kind.Other:
                throw CallErrors.Unreadable();
        }
    }

    /// <summary>The bytes decide: whatever type an answer that looks like XML claims to have, it is passed on as SOAP 1.1.</summary>
    private static HttpResponseMessage PassOn(HttpResponseMessage response, FetchedContent body)
    {
        var content = new StreamContent(body.OpenRead());
        bool isUtf16 = response.Content.Headers.ContentType?.CharSet?.Trim('"').StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ?? false;
        content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", isUtf16 ? "utf-16" : "utf-8");
        return new HttpResponseMessage(response.StatusCode) { Content = content, RequestMessage = response.RequestMessage };
    }

    private async Task<FetchedContent> ReceiveAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        PipelineOptions limits = budgets.Value;
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        return await FetchedContent.FetchAsync(stream, maxBytes, limits.MaxBytesInMemory, limits.SpoolDirectory ?? Path.GetTempPath(), cancellationToken);
    }
}
