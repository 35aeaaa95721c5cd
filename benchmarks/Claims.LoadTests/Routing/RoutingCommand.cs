using System.CommandLine;

namespace Claims.LoadTests.Routing;

/// <summary><c>routing</c>: whether reads see what was written before, what a frozen replica costs them, and whether the ingestion takes the API's connections.</summary>
internal static class RoutingCommand
{
    public static Command Create()
    {
        var parts = new Option<RoutingPart[]>("--parts")
        {
            Description = "What is run: pairs, freeze, poolwait.",
            DefaultValueFactory = _ => Enum.GetValues<RoutingPart>(),
            AllowMultipleArgumentsPerToken = true,
        };
        var pairs = new Option<int>("--pairs") { Description = "How many pairs of a write and a read.", DefaultValueFactory = _ => 100_000 };
        var writers = new Option<int>("--writers") { Description = "How many make pairs at once.", DefaultValueFactory = _ => 8 };
        var late = new Option<double>("--late-seconds") { Description = "How long the replicas replay late.", DefaultValueFactory = _ => 20 };
        var withoutToken = new Option<bool>("--without-token") { Description = "Reads ask for nothing, to see that stale reads are found where there are any." };
        var freeze = new Option<double>("--freeze-seconds") { Description = "How long a replica is frozen.", DefaultValueFactory = _ => 30 };
        var rate = new Option<double>("--rate") { Description = "Reads a second while it is frozen.", DefaultValueFactory = _ => 50 };
        var warmUp = new Option<double>("--warm-up-seconds") { Description = "How long reads go on before that, and again afterwards.", DefaultValueFactory = _ => 5 };
        var poolWait = new Option<double>("--pool-seconds") { Description = "How long each turn of waiting for connections takes.", DefaultValueFactory = _ => 10 };
        var turns = new Option<int>("--turns") { Description = "How many such turns are measured.", DefaultValueFactory = _ => 3 };
        var plots = new Option<DirectoryInfo?>("--plots") { Description = "A folder to draw the reads during the freeze in." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("routing", "Whether reads see what was written before, what a frozen replica costs them, and how long the API waits for connections.")
        {
            parts, pairs, writers, late, withoutToken, freeze, rate, warmUp, poolWait, turns, plots, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            RoutingPart[] chosen = parsed.GetRequiredValue(parts);
            var result = new RoutingResult();
            var problems = new List<string>();
            if (chosen.Contains(RoutingPart.Pairs))
            {
                (PairsResult found, IReadOnlyList<string> wrong) = await PairsRun.RunAsync(
                    parsed.GetValue(pairs), parsed.GetValue(writers), TimeSpan.FromSeconds(parsed.GetValue(late)), !parsed.GetValue(withoutToken), cancellationToken);
                result = result with { Pairs = found };
                problems.AddRange(wrong);
            }

            if (chosen.Contains(RoutingPart.Freeze))
            {
                var run = new FreezeRun(TimeSpan.FromSeconds(parsed.GetValue(freeze)), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(warmUp)));
                (FreezeResult found, IReadOnlyList<string> wrong) = await run.RunAsync(cancellationToken);
                result = result with { Freeze = found };
                problems.AddRange(wrong);
                if (parsed.GetValue(plots) is { } folder)
                {
                    folder.Create();
                    FreezePlot.Save(Path.Combine(folder.FullName, "frozen-replica.png"), run);
                }
            }

            if (chosen.Contains(RoutingPart.PoolWait))
            {
                (PoolWaitResult found, IReadOnlyList<string> wrong) = await new PoolWaitRun(TimeSpan.FromSeconds(parsed.GetValue(poolWait)), parsed.GetValue(turns)).RunAsync(cancellationToken);
                result = result with { PoolWait = found };
                problems.AddRange(wrong);
            }

            return await Report.WriteAsync(result, problems, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }
}
