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
            if (GatewayOperation.IsKnown(call.Operation))
                await CountedAsync(context, call, stop.Token).ConfigureAwait(false);
            else
                await SendAsync(context, SoapAnswer.Fault("Client", $"Server did not recognize the value of HTTP Header SOAPAction: {call.Operation}.")).ConfigureAwait(false);
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

    private async Task CountedAsync(HttpContext context, SoapCall call, CancellationToken cancellationToken)
    {
        var facilityId = accounts.FacilityOf(call.Login);
        calls.Begin(call.Operation, facilityId ?? "");
        try
        {
            await Task.Delay(options.Latency, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            if (faults.Strike(call.Operation, facilityId, call.FileId) is { } fault)
                await FaultyAsync(context, call, fault, cancellationToken).ConfigureAwait(false);
            else
                await SendAsync(context, await AnswerAsync(context, call).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            calls.End(facilityId ?? "");
        }
    }

    private async Task FaultyAsync(HttpContext context, SoapCall call, FaultHandle fault, CancellationToken cancellationToken)
    {
        await Task.Delay(fault.Rule.Delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (fault.Rule.Kind is GatewayFault.Hang)
            await fault.Removed.WaitAsync(cancellationToken).ConfigureAwait(false);

        var answer = fault.Rule.Kind switch
        {
            GatewayFault.Http500 => SoapAnswer.Page(StatusCodes.Status500InternalServerError, "Runtime Error"),
            GatewayFault.Http503 => SoapAnswer.Page(StatusCodes.Status503ServiceUnavailable, "Service Unavailable"),
            GatewayFault.SoapFault => SoapAnswer.Fault("Server", "Server was unable to process request."),
            GatewayFault.Result => SoapAnswer.Result(call.Operation, fault.Rule.Code),
            GatewayFault.WrongPassword => SoapAnswer.Result(call.Operation, ResultCode.LoginFailed),
            GatewayFault.ListedThenGone => SoapAnswer.Result(call.Operation, ResultCode.FileNotFound),
            GatewayFault.Garbage => SoapAnswer.Bytes(Garbage(fault.Strikes)),
            _ => await AnswerAsync(context, call).ConfigureAwait(false),
        };
        answer = fault.Rule.Kind switch
        {
            GatewayFault.TruncatedBase64 => answer with { Body = AnswerBody.WithTruncatedBase64(answer.Body) },
            GatewayFault.DuplicatedListing => answer with { Body = AnswerBody.WithEntriesTwice(answer.Body) },
            _ => answer,
        };
        await SendAsync(context, answer, fault.Rule.Kind is GatewayFault.DropMidBody ? AnswerBody.Middle(answer.Body) : null).ConfigureAwait(false);
    }

    /// <summary>The real answer, held back.</summary>
    private async Task<SoapAnswer> AnswerAsync(HttpContext context, SoapCall call)
    {
        var answer = await HeldAnswer.TakeAsync(context, next).ConfigureAwait(false);
        var isWrapped = call is { Operation: GatewayOperation.DownloadTransactionFile, FileId: { } fileId } && quirks.WrapsBase64(fileId);
        return isWrapped ? answer with { Body = AnswerBody.WithWrappedBase64(answer.Body) } : answer;
    }

    /// <param name="context">The call.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cutAt">How much of it to send. Fewer bytes than were announced make the server close the connection.</param>
    private async Task SendAsync(HttpContext context, SoapAnswer answer, int? cutAt = null)
    {
        var bytes = answer.Body.AsMemory(..(cutAt ?? answer.Body.Length));
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        calls.Sent(bytes.Length);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
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
