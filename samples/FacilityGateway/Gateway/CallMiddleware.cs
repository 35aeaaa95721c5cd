using System.Xml;
using FacilityGateway.Generation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace FacilityGateway.Gateway;

/// <summary>Stands around the SOAP endpoint: counts the calls, slows them down, lets faults strike, and adds the quirks.</summary>
internal sealed class CallMiddleware(
    RequestDelegate next,
    GatewayServerOptions options,
    AccountBook accounts,
    GatewayFaults faults,
    GatewayCalls calls,
    Quirks quirks,
    IHostApplicationLifetime lifetime)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var call = await SoapCall.ReadAsync(context.Request, stop.Token).ConfigureAwait(false);
            var answer = GatewayOperation.IsKnown(call.Operation)
                ? await CountedAsync(context, call, stop.Token).ConfigureAwait(false)
                : SoapAnswer.Fault("Client", $"Server did not recognize the value of HTTP Header SOAPAction: {call.Operation}.");
            await SendAsync(context, answer).ConfigureAwait(false);
        }
        catch (XmlException)
        {
            await SendAsync(context, SoapAnswer.Fault("Client", "Server was unable to read request.")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    /// <summary>The answer to a call, which is over before the client can know the answer.</summary>
    private async Task<SoapAnswer> CountedAsync(HttpContext context, SoapCall call, CancellationToken cancellationToken)
    {
        var facilityId = accounts.FacilityOf(call.Login);
        calls.Begin(call.Operation, facilityId ?? "");
        try
        {
            await Task.Delay(options.Latency, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return faults.Strike(call.Operation, facilityId, call.FileId) is { } fault
                ? await FaultyAsync(context, call, fault, cancellationToken).ConfigureAwait(false)
                : await AnswerAsync(context, call).ConfigureAwait(false);
        }
        finally
        {
            calls.End(facilityId ?? "");
        }
    }

    private async Task<SoapAnswer> FaultyAsync(HttpContext context, SoapCall call, FaultHandle fault, CancellationToken cancellationToken)
    {
        var rule = fault.Rule;
        await Task.Delay(rule.Delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (rule.Kind is GatewayFault.Hang)
            await fault.Removed.WaitAsync(cancellationToken).ConfigureAwait(false);

        return rule.Kind switch
        {
            GatewayFault.Http500 => SoapAnswer.Page(StatusCodes.Status500InternalServerError, "Runtime Error"),
            GatewayFault.Http503 => SoapAnswer.Page(StatusCodes.Status503ServiceUnavailable, "Service Unavailable"),
            GatewayFault.SoapFault => SoapAnswer.Fault("Server", "Server was unable to process request."),
            GatewayFault.Result => SoapAnswer.Result(call.Operation, rule.Code),
            GatewayFault.WrongPassword => SoapAnswer.Result(call.Operation, ResultCode.LoginFailed),
            GatewayFault.ListedThenGone => SoapAnswer.Result(call.Operation, ResultCode.FileNotFound),
            GatewayFault.Garbage => SoapAnswer.Bytes(Garbage(fault.Strikes)),
            _ => Altered(rule.Kind, await AnswerAsync(context, call).ConfigureAwait(false)),
        };
    }

    private static SoapAnswer Altered(GatewayFault kind, SoapAnswer answer) => kind switch
    {
        GatewayFault.DropMidBody => answer with { SentLength = AnswerBody.Middle(answer.Body) },
        GatewayFault.TruncatedBase64 => answer.WithBody(AnswerBody.WithTruncatedBase64(answer.Body)),
        GatewayFault.DuplicatedListing => answer.WithBody(AnswerBody.WithEntriesTwice(answer.Body)),
        _ => answer,
    };

    /// <summary>The real answer, held back.</summary>
    private async Task<SoapAnswer> AnswerAsync(HttpContext context, SoapCall call)
    {
        var answer = await HeldAnswer.TakeAsync(context, next).ConfigureAwait(false);
        var isWrapped = call is { Operation: GatewayOperation.DownloadTransactionFile, FileId: { } fileId } && quirks.WrapsBase64(fileId);
        return isWrapped ? answer.WithBody(AnswerBody.WithWrappedBase64(answer.Body)) : answer;
    }

    private async Task SendAsync(HttpContext context, SoapAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        calls.Sent(answer.SentLength);
        await context.Response.Body.WriteAsync(answer.Body.AsMemory(..answer.SentLength), context.RequestAborted).ConfigureAwait(false);
    }

    private byte[] Garbage(int strike)
    {
        var random = Randomness.For((ulong)options.World.Options.Seed, (ulong)strike, 'x');
        var bytes = new byte[512];
        foreach (ref var value in bytes.AsSpan())
            value = (byte)random.Below(256);

        return bytes;
    }
}
