using System.Net;
using System.Net.Sockets;

namespace Claims.Ingestion.Postgres.Local.Tests;

public sealed class LocalPostgresTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> VersionsOnThisMachine() => [.. PostgresBinaries.FindAll().Select(binaries => binaries.Directory)];

    [Theory]
    [MemberData(nameof(VersionsOnThisMachine))]
    public async Task StartAsync_EachInstallation_ServesUntilDisposed(string binDirectory)
    {
        var server = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binDirectory }, Token);
        var process = Database.ServerId(server);

        Assert.Equal(server.Version.Major, Convert.ToInt32(await Database.RunAsync(server.ConnectionString, "SELECT current_setting('server_version_num')::int / 10000")));
        Assert.Equal("on", await Database.RunAsync(server.ConnectionString, "SHOW fsync"));
        Assert.Equal("UTF8", await Database.RunAsync(server.ConnectionString, "SHOW server_encoding"));
        Assert.Equal("UTC", await Database.RunAsync(server.ConnectionString, "SHOW timezone"));
        Assert.True(Gone.IsRunning(process));

        await server.DisposeAsync();
        await server.DisposeAsync();

        await Gone.ProcessAsync(process);
        await Gone.FolderAsync(server.WorkDirectory);
    }

    [Fact]
    public async Task StartAsync_Settings_OverrideTheDefaults()
    {
        var options = new LocalPostgresOptions { Settings = { ["max_connections"] = "17", ["Fsync"] = "off", ["cluster_name"] = @"it's a \ test" } };
        await using var server = await LocalPostgres.StartAsync(options, Token);

        Assert.Equal("17", await Database.RunAsync(server.ConnectionString, "SHOW max_connections"));
        Assert.Equal("off", await Database.RunAsync(server.ConnectionString, "SHOW fsync"));
        Assert.Equal(@"it's a \ test", await Database.RunAsync(server.ConnectionString, "SHOW cluster_name"));
        Assert.Equal("2GB", await Database.RunAsync(server.ConnectionString, "SHOW max_wal_size"));
    }

    [Fact]
    public async Task StartAsync_SocketDirectory_AcceptsConnections()
    {
        await using var server = await LocalPostgres.StartAsync(cancellationToken: Token);

        Assert.NotNull(server.SocketDirectory);
        Assert.Null(await Database.RunAsync($"Host={server.SocketDirectory};Port={server.Port};Username=postgres;Database=postgres", "SELECT inet_server_addr()") as IPAddress);
    }

    [Fact]
    public async Task StartAsync_WrongSetting_ThrowsWithTheServersLogAndLeavesNothing()
    {
        var exception = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(new LocalPostgresOptions { Settings = { ["no_such_setting"] = "1" } }, Token));

        Assert.Contains("unrecognized configuration parameter \"no_such_setting\"", exception.Message);
    }

    [Theory]
    [InlineData("port", "1")]
    [InlineData("name with spaces", "1")]
    [InlineData("work_mem", "1\nfsync = off")]
    public async Task StartAsync_ForbiddenSetting_Throws(string name, string value) =>
        await Assert.ThrowsAsync<ArgumentException>(() => LocalPostgres.StartAsync(new LocalPostgresOptions { Settings = { [name] = value } }, Token));

    [Fact]
    public async Task StartAsync_Cancelled_LeavesNoFolder()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var folder = new TemporaryFolder();
        var data = folder.Sub("data");
        var start = LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = data }, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(File.Exists(Path.Combine(data, "postmaster.pid")));
    }

    [Fact]
    public async Task StartAsync_ChosenPortTaken_TriesAnother()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = ((IPEndPoint)other.LocalEndPoint!).Port;
        var choices = new Queue<int>([taken, Clusters.FreePort.Choose()]);

        await using var server = await LocalPostgres.StartAsync(new LocalPostgresOptions(), choices.Dequeue, primary: null, Token);

        Assert.Empty(choices);
        Assert.NotEqual(taken, server.Port);
        Assert.Equal(1, await Database.RunAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task StartAsync_GivenPortTaken_ThrowsAndNamesThePort()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = ((IPEndPoint)other.LocalEndPoint!).Port;

        var exception = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(new LocalPostgresOptions { Port = taken }, Token));

        Assert.Contains($"port {taken} is taken", exception.Message);
    }

    [Fact]
    public async Task StartAsync_TwoAtOnce_AreSeparateServers()
    {
        var servers = await Task.WhenAll(LocalPostgres.StartAsync(cancellationToken: Token), LocalPostgres.StartAsync(cancellationToken: Token));
        await using var first = servers[0];
        await using var second = servers[1];

        await Database.RunAsync(first.ConnectionString, "CREATE TABLE mine (id int)");

        Assert.NotEqual(first.Port, second.Port);
        Assert.IsType<DBNull>(await Database.RunAsync(second.ConnectionString, "SELECT to_regclass('mine')::text"));
    }

    [Fact]
    public async Task RestartAsync_AfterImmediateStop_KeepsRowsAndPort()
    {
        await using var server = await LocalPostgres.StartAsync(cancellationToken: Token);
        await Database.RunAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 7 AS id");
        var process = Database.ServerId(server);

        await server.StopAsync(LocalPostgresStop.Immediate, Token);
        await Gone.ProcessAsync(process);
        await server.RestartAsync(cancellationToken: Token);

        Assert.Equal(7, await Database.RunAsync(server.ConnectionString, "SELECT id FROM kept"));
    }
}
