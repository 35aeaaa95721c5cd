using System.CommandLine;
using Claims.LoadTests.Memory;
using Claims.LoadTests.Peers;
using Claims.LoadTests.Write;

namespace Claims.LoadTests.Plots;

/// <summary><c>write-plot</c>: draws the results of <c>write-floor</c>, <c>write-peers</c> and <c>memory</c>.</summary>
internal static class WritePlotCommand
{
    private const string Ours = "Claims.Ingestion";

    public static Command Create()
    {
        var floor = new Option<FileInfo?>("--floor") { Description = "The JSON of write-floor." };
        var peers = new Option<FileInfo?>("--peers") { Description = "The JSON of write-peers." };
        var growth = new Option<FileInfo?>("--growth") { Description = "The JSON of write-growth." };
        var memory = new Option<FileInfo?>("--memory") { Description = "The JSON of memory." };
        var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the PNG files, one for each result that is given.", Required = true };
        var command = new Command("write-plot", "Draws the results of write-floor, write-growth, write-peers and memory.") { floor, growth, peers, memory, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            DirectoryInfo target = parsed.GetRequiredValue(folder);
            target.Create();
            if (parsed.GetValue(floor) is { } floorFile) Draw(await Report.ReadAsync<WriteFloorResult>(floorFile, cancellationToken), Path.Combine(target.FullName, "write-floor.png"));
            if (parsed.GetValue(growth) is { } growthFile) GrowthChart.Save(Path.Combine(target.FullName, "write-growth.png"), await Report.ReadAsync<WriteGrowthResult>(growthFile, cancellationToken));
            if (parsed.GetValue(peers) is { } peersFile) Draw(await Report.ReadAsync<WritePeersResult>(peersFile, cancellationToken), Path.Combine(target.FullName, "write-peers.png"));
            if (parsed.GetValue(memory) is { } memoryFile) Draw(await Report.ReadAsync<MemoryResult>(memoryFile, cancellationToken), Path.Combine(target.FullName, "memory.png"));
        });
        return command;
    }

    private static void Draw(WriteFloorResult result, string path) =>
        new BarChart($"{result.Claims:N0} claims, medians of {result.Turns} turns", "claims a second", isLogarithmic: false).Save(
            path,
            [
                new ChartBar("psql \\copy, binary,\ntwo connections", result.CopyTwoConnectionsClaimsPerS, BarChart.Number(result.CopyTwoConnectionsClaimsPerS)),
                new ChartBar("psql \\copy, binary,\none connection", result.CopyOneConnectionClaimsPerS, BarChart.Number(result.CopyOneConnectionClaimsPerS)),
                new ChartBar(Ours, result.IngestClaimsPerS, $"{BarChart.Number(result.IngestClaimsPerS)} = {BarChart.Number(result.Ratio)} of the faster", IsOurs: true),
            ]);

    private static void Draw(WritePeersResult result, string path) =>
        new BarChart($"The same {result.Claims:N0} claims, medians of {result.Turns} turns", "claims a second (log scale)", isLogarithmic: true).Save(
            path,
            [
                .. result.Peers.Select(peer => new ChartBar(peer.Name, peer.ClaimsPerS, $"{BarChart.Number(peer.ClaimsPerS)} (ours {BarChart.Number(peer.OursOverPeer)} ×)"))
                    .Append(new ChartBar(Ours, result.OursClaimsPerS, BarChart.Number(result.OursClaimsPerS), IsOurs: true))
                    .OrderByDescending(bar => bar.Value),
            ]);

    private static void Draw(MemoryResult result, string path) =>
        new BarChart($"Resident memory while {BarChart.Number(result.Bytes / 1e9)} GB of XML go through", "MB", isLogarithmic: false).Save(
            path,
            [
                new ChartBar("after the first poll", result.RssStartMb, BarChart.Number(result.RssStartMb)),
                new ChartBar("peak, first half", result.RssFirstHalfPeakMb, BarChart.Number(result.RssFirstHalfPeakMb), IsOurs: true),
                new ChartBar("peak, second half", result.RssSecondHalfPeakMb, BarChart.Number(result.RssSecondHalfPeakMb), IsOurs: true),
            ]);
}
