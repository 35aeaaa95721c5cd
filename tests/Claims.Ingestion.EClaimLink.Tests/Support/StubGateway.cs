using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.EClaimLink.Tests.Support;

/// <summary>A gateway on loopback that answers what a test tells it to.</summary>
internal sealed class StubGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubGateway(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedCall> Calls { get; } = new();

    public string Address => _app.Urls.Single() + "/dhpo/ValidateTransactions.asmx";

    /// <summary>Answers each call.</summary>
    public Func<ReceivedCall, HttpContext, Task> Respond { get; set; } = (call, context) => Answers.AnswerAsync(context, Answers.Response(call.Operation, 0));

    public static async Task<StubGateway> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var gateway = new StubGateway(builder.Build());
        gateway._app.Run(gateway.HandleAsync);
        await gateway._app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public int CountOf(string operation) => Calls.Count(c => c.Operation == operation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Answers each operation with the next of its answers, the last one for ever.</summary>
    public void Answer(string operation, params Func<HttpContext, Task>[] answers)
    {
        Func<ReceivedCall, HttpContext, Task> others = Respond;
        int next = 0;
        Respond = (call, context) => call.Operation == operation
            ? answers[Math.Min(Interlocked.Increment(ref next), answers.Length) - 1](context)
            : others(call, context);
    }

    public void Answer(string operation, params string[] envelopes) =>
        Answer(operation, [.. envelopes.Select(e => (Func<HttpContext, Task>)(context => Answers.AnswerAsync(context, e)))]);

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new ReceivedCall(
            context.Request.Path, context.Request.Headers["SOAPAction"].ToString(), context.Request.ContentType ?? "", await reader.ReadToEndAsync(context.RequestAborted));
        Calls.Enqueue(call);
        try
        {
            await Respond(call, context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller gave up, as the test wants.
        }
    }
}
