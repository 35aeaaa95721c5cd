using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Scheduling;
using Npgsql;

namespace ReferenceHost.Demo;

/// <summary>Polls every facility once and prints what came of it; its last line is made for programs.</summary>
internal static class OnceRun
{
    public static async Task<int> RunAsync(WebApplication app)
    {
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        await app.StartAsync(stopping);
        IngestionReport report;
        bool isComplete;
        try
        {
            report = await app.Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(stopping);
            isComplete = report.IsComplete;
            try
            {
                await app.Services.GetRequiredService<ReportViews>().RefreshAllAsync("a run of --once asks for it", stopping);
            }
            catch (NpgsqlException exception)
            {
                await Console.Error.WriteLineAsync($"The report views could not be refreshed: {exception.Message}");
                isComplete = false;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped before every file was stored; the next run goes on where this one ended.");
            return 1;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }

        Print(report);
        return isComplete ? 0 : 1;
    }

    private static void Print(IngestionReport report)
    {
        const string Row = "{0,-24} {1,7} {2,9} {3,11} {4,11} {5,11} {6,8} {7,9} {8,10}";
        Console.WriteLine();
        Console.WriteLine(Row, "facility", "files", "claims", "activities", "remittance", "quarantined", "skipped", "left out", "unfinished");
        foreach (FacilityReport f in report.Facilities.Append(report.Total))
        {
            Console.WriteLine(
                Row, f.FacilityId, f.Stored, f.Counts.Claims, f.Counts.Activities, f.Counts.RemittanceClaims, f.Quarantined, f.Skipped, f.Counts.LeftOut, f.Unfinished);
            if (f.Error is not null) Console.WriteLine($"  {f.Error}");
        }

        FacilityReport t = report.Total;
        Console.WriteLine();
        Console.WriteLine(
            $"stored files={t.Stored} claims={t.Counts.Claims} activities={t.Counts.Activities} remittance_claims={t.Counts.RemittanceClaims} quarantined={t.Quarantined} skipped={t.Skipped}");
    }
}
