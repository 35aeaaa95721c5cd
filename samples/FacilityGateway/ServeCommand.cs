using System.CommandLine;
using FacilityGateway.Gateway;

namespace FacilityGateway;

/// <summary><c>serve</c>: serves a world as the gateway does, until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port on the loopback address; 0 takes a free one.", DefaultValueFactory = _ => 5090 };
        var world = new WorldArguments();
        var searchCap = new Option<int>("--search-cap") { Description = "The most files in one answer of a search.", DefaultValueFactory = _ => 500 };
        var latency = new Option<int>("--latency") { Description = "How many milliseconds each call takes longer." };
        var arrival = new Option<TimeSpan>("--arrival") { Description = "Over how long the files arrive, as hh:mm:ss; 0 has all there at once." };
        var command = new Command("serve", "Serves the claim files as the eClaimLink service does.") { port };
        world.AddTo(command);
        command.Options.Add(searchCap);
        command.Options.Add(latency);
        command.Options.Add(arrival);
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new GatewayServerOptions
            {
                World = new World(world.Read(parsed)),
                Port = parsed.GetValue(port),
                SearchCap = parsed.GetValue(searchCap),
                Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                ArrivalSpan = parsed.GetValue(arrival),
            };
            return RunAsync(options, parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static async Task RunAsync(GatewayServerOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using var server = await GatewayServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
        var world = options.World.Options;
        await output.WriteLineAsync($"""
            serving {world.Facilities} facilities with {world.FilesPerFacility} files each at {server.Address}
            logins and passwords: curl {new Uri(server.Address, "/control/accounts")}
            to poll it: give each facility this address as its endpoint, the poller "eclaimlink", and its login and password
            Ctrl-C stops it
            """).ConfigureAwait(false);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being stopped is how it ends.
        }
    }
}
