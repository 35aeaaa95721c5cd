using System.Globalization;
using Claims.Ingestion.TestSupport;
using FacilityGateway;
using FacilityGateway.Gateway;
using Npgsql;
using ReferenceHost.Tests.Demo;

namespace ReferenceHost.Tests.Hosts;

/// <summary>Several real hosts over one database and one gateway, and a record of every lease that they take. Alone on the machine: they are measured.</summary>
[CollectionDefinition(nameof(SharedHosts), DisableParallelization = true)]
public sealed class SharedHosts : IAsyncDisposable
{
    private const string Record =
        """
        CREATE TABLE public.granted (
          facility text, epoch bigint, owner text, slot timestamptz, at timestamptz, from_owner text, expires_at timestamptz, ended_at timestamptz,
          is_served boolean NOT NULL DEFAULT false, PRIMARY KEY (facility, epoch));
        CREATE FUNCTION public.record_lease() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.epoch <> OLD.epoch THEN
            INSERT INTO public.granted VALUES (NEW.facility_id, NEW.epoch, NEW.owner, NEW.slot, clock_timestamp(), OLD.owner, NEW.expires_at);
          ELSE
            UPDATE public.granted SET expires_at = coalesce(NEW.expires_at, expires_at), ended_at = CASE WHEN NEW.owner IS NULL THEN clock_timestamp() END,
              is_served = NEW.owner IS NULL AND NEW.slot IS NOT DISTINCT FROM NEW.served_slot
            WHERE facility = NEW.facility_id AND epoch = NEW.epoch;
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER record_lease AFTER UPDATE ON claims.facility_lease FOR EACH ROW EXECUTE FUNCTION public.record_lease();

        CREATE TABLE public.polled (facility text, slot timestamptz, began_at timestamptz);
        CREATE FUNCTION public.record_poll() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO public.polled VALUES (NEW.facility_id, NEW.last_slot, NEW.last_poll_at);
          RETURN NULL;
        END $$;
        CREATE TRIGGER record_poll AFTER INSERT OR UPDATE ON claims.facility_state FOR EACH ROW EXECUTE FUNCTION public.record_poll();

        -- Rows of a stale epoch that were committed: looked for at the insert, and again at the commit, when no lease may have passed on since.
        CREATE TABLE public.stale (facility text, epoch bigint, found text);
        CREATE FUNCTION public.record_stale() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NOT EXISTS (
            SELECT FROM claims.facility_lease
            WHERE facility_id = NEW.facility_id AND epoch = NEW.lease_epoch AND (TG_WHEN = 'AFTER' OR expires_at > clock_timestamp()))
          THEN INSERT INTO public.stale VALUES (NEW.facility_id, NEW.lease_epoch, TG_WHEN); END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER stale_insert BEFORE INSERT ON claims.claim_file FOR EACH ROW EXECUTE FUNCTION public.record_stale();
        CREATE CONSTRAINT TRIGGER stale_commit AFTER INSERT ON claims.claim_file DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.record_stale();
        """;

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, string> _environment;
    private readonly List<HostProcess> _hosts = [];

    private SharedHosts(ClaimsDatabase database, GatewayServer gateway, Dictionary<string, string> environment)
    {
        Database = database;
        Gateway = gateway;
        _environment = environment;
    }

    public ClaimsDatabase Database { get; }

    public GatewayServer Gateway { get; }

    internal IReadOnlyList<HostProcess> Hosts => _hosts;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="world">The facilities and their files.</param>
    /// <param name="settings">Settings of <c>Claims</c>.</param>
    internal static async Task<SharedHosts> CreateAsync(WorldOptions world, params (string Name, string Value)[] settings)
    {
        ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync(Record);
        Dictionary<string, string> environment = settings.Append(("Postgres:Views:Enabled", "false"))
            .ToDictionary(s => $"Claims__{s.Item1.Replace(":", "__", StringComparison.Ordinal)}", s => s.Item2, StringComparer.Ordinal);
        return new SharedHosts(database, await GatewayServer.StartAsync(new GatewayServerOptions { World = new World(world) }, Token), environment);
    }

    /// <summary>A number of the environment that makes a proof longer.</summary>
    internal static int Number(string variable, int shortForm) => int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{shortForm}", CultureInfo.InvariantCulture);

    /// <summary>The p-th part of the sorted values lies up to this one.</summary>
    internal static double Percentile(IReadOnlyList<double> values, double p) => values.Order().ElementAt((int)Math.Ceiling(p * values.Count) - 1);

    /// <summary>The name of the host among the leases begins with the machine's name and goes on with this.</summary>
    internal static string OwnerOf(HostProcess host) => $"{Environment.MachineName}/{host.Id}/%";

    internal IReadOnlyList<HostProcess> Start(int hosts) => [.. Enumerable.Range(0, hosts).Select(_ => Start())];

    internal HostProcess Start()
    {
        HostProcess host = HostProcess.Start(Database.ConnectionString, _environment, Arguments(Gateway));
        _hosts.Add(host);
        return host;
    }

    /// <summary>Ends all hosts in good order.</summary>
    internal Task StopAsync() => Task.WhenAll(_hosts.Where(h => !h.HasExited).Select(h => h.TerminateAsync()));

    /// <summary>Waits for a state that nobody signals.</summary>
    internal Task UntilAsync(string condition, int seconds = 60) => UntilAsync(() => Database.ScalarAsync<bool>($"SELECT {condition}"), condition, seconds);

    /// <summary>Waits until every file of the gateway, or of these facilities, is stored and acknowledged.</summary>
    internal Task UntilAllStoredAsync(int seconds, IReadOnlyCollection<string>? facilities = null)
    {
        IEnumerable<string> ids = facilities ?? Gateway.Accounts.Select(a => a.FacilityId);
        return UntilAsync(() => Task.FromResult(ids.All(id => Gateway.Inboxes.Undownloaded(id).Count == 0)), "every file is acknowledged", seconds);
    }

    internal async Task<IReadOnlyList<double>> NumbersAsync(string sql)
    {
        await using NpgsqlCommand command = Database.DataSource.CreateCommand(sql);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Token);
        var numbers = new List<double>();
        while (await reader.ReadAsync(Token)) numbers.Add(reader.GetDouble(0));
        return numbers;
    }

    /// <summary>No lease began before the one before it had ended or run out, no slot was served twice, and no row carries an epoch that had passed.</summary>
    internal async Task AssertNobodyInterferedAsync()
    {
        Assert.Empty(await Database.RowsAsync(
            """
            SELECT facility, epoch, at, free_at FROM (
              SELECT *, lag(least(ended_at, expires_at)) OVER (PARTITION BY facility ORDER BY epoch) AS free_at FROM public.granted) g
            WHERE at < free_at
            """));
        Assert.Empty(await Database.RowsAsync("SELECT facility, slot FROM public.granted WHERE is_served GROUP BY 1, 2 HAVING count(*) > 1"));
        Assert.Empty(await Database.RowsAsync("SELECT * FROM public.stale"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
        foreach (HostProcess host in _hosts) Assert.DoesNotMatch("(?m)^[0-9:.]+ (fail|crit): ", host.Output);
    }

    /// <summary>The rows are those of one host that nobody disturbed.</summary>
    internal async Task AssertExactAsync(WorldOptions world)
    {
        await using ClaimsDatabase undisturbed = await ClaimsDatabase.CreateAsync();
        await using GatewayServer other = await GatewayServer.StartAsync(new GatewayServerOptions { World = new World(world) }, Token);
        using HostProcess once = await HostProcess.RunAsync(undisturbed.ConnectionString, null, ["--once", .. Arguments(other)]);
        Assert.Equal(0, once.ExitCode);
        Assert.Equal(await Contents.OfAsync(undisturbed), await Contents.OfAsync(Database));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HostProcess host in _hosts) host.Dispose();
        await Gateway.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string[] Arguments(GatewayServer gateway) =>
        ["--gateway", gateway.Address.AbsoluteUri, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture)];

    private async Task UntilAsync(Func<Task<bool>> isTrue, string condition, int seconds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            while (!await isTrue()) await Task.Delay(_pace, TimeProvider.System, limit.Token);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"Not within {seconds} s: {condition}\n{string.Join("\n----\n", _hosts.Select(h => h.Output[Math.Max(0, h.Output.Length - 4000)..]))}");
        }
    }
}
