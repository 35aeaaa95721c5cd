using System.CommandLine;

namespace Claims.LoadTests;

/// <summary>Runs a short form of the scenarios, with their checks, to see that they work. A failover is part of <c>routing</c>, and the control of <c>deadlocks</c> part of the tests.</summary>
internal static class SmokeRun
{
    private static readonly string[] ShortForms =
    [
        "schedule --facilities 200 --interval 00:00:20 --seconds 2 --hours 0.1",
        "refresh-week",
        "write-floor --claims 500 --claims-per-file 50 --facilities 3 --turns 1",
        "write-growth --claims 500 --first 100 --step 200 --claims-per-file 50 --facilities 3",
        "write-poison --claims 600 --every 50 --claims-per-file 25 --facilities 3 --turns 1",
        "telemetry --claims 600 --claims-per-file 25 --facilities 3 --turns 1",
        "write-peers --claims 200 --claims-per-file 10 --facilities 3 --turns 0",
        "memory --gigabytes 0.004 --round-gigabytes 0.002",
        "deadlocks --minutes 0.02",
        "routing --pairs 500 --late-seconds 0.2 --freeze-seconds 1 --warm-up-seconds 1 --pool-seconds 0.3 --turns 1",
        "views --claims 2000 --changed 1000 --turns 1",
        "facilities --count 5 --users 5 --seconds 1 --warm-up 1 --base-claims 2000 --claims-per-min 30000 --views",
        "dashboard --facilities 20 --turns 1",
    ];

    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(RootCommand root, CancellationToken cancellationToken)
    {
        int failures = 0;
        foreach (string shortForm in ShortForms)
        {
            Console.WriteLine($"== {shortForm}");
            if (await root.Parse(shortForm).InvokeAsync(cancellationToken: cancellationToken) != 0) failures++;
        }

        return failures == 0 ? 0 : 1;
    }
}
