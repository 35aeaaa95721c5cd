using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>Does what the load test asks for, line by line, and stops the host when nobody asks any more.</summary>
internal sealed class HostTalk(IHostedIngestion ingestion, HostMeter meter, IHostApplicationLifetime lifetime, TextWriter answers) : BackgroundService
{
    public const string Done = "done";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            while (await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(stoppingToken) is { } line)
            {
                await answers.WriteLineAsync(await AnswerAsync(Enum.Parse<HostOrder>(line), stoppingToken));
                await answers.FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception exception)
        {
            // Nobody waits for this task: without an answer the load test says that this process ended, and this says why.
            await Console.Error.WriteLineAsync(exception.ToString());
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task<string> AnswerAsync(HostOrder order, CancellationToken cancellationToken)
    {
        switch (order)
        {
            case HostOrder.Prepare:
                await ingestion.PrepareAsync(cancellationToken);
                break;
            case HostOrder.Resume:
                ingestion.Resume();
                break;
            case HostOrder.Drain:
                await ingestion.DrainAsync(cancellationToken);
                break;
            case HostOrder.Finish:
                await ingestion.FinishAsync(cancellationToken);
                break;
            case HostOrder.OpenWindow:
                meter.OpenWindow();
                break;
            case HostOrder.CloseWindow:
                return JsonSerializer.Serialize(meter.CloseWindow());
        }

        return Done;
    }
}
