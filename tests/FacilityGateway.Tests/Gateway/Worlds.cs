using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

/// <summary>Small worlds behind gateways.</summary>
internal static class Worlds
{
    public static World Small(int facilities = 2, int files = 6, double broken = 0) =>
        new(new WorldOptions { Facilities = facilities, FilesPerFacility = files, ClaimsPerFile = 3, Seed = 3, BrokenFileShare = broken, SkippedFileShare = 0 });

    public static Task<GatewayServer> ServeAsync(World? world = null, Func<GatewayServerOptions, GatewayServerOptions>? change = null)
    {
        var options = new GatewayServerOptions { World = world ?? Small() };
        return GatewayServer.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
    }

    public static GatewayFile First(this GatewayServer server, int direction, int facility = 0) =>
        server.Inboxes.Files(server.Accounts[facility].FacilityId).First(file => file.Direction == direction);
}
