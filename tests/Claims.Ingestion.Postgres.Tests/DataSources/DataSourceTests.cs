using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class DataSourceTests
{
    [Theory]
    [InlineData(DataSourceRole.Ingestion, "claims-ingestion", "5min", "10s", 10)]
    [InlineData(DataSourceRole.Api, "claims-api", "10s", "2s", 30)]
    [InlineData(DataSourceRole.Report, "claims-report", "10min", "5s", 10)]
    public async Task DataSource_OfEachRole_HasItsNameAndLimits(DataSourceRole role, string name, string statementTimeout, string lockTimeout, int size)
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        var dataSource = services.GetRequiredKeyedService<NpgsqlDataSource>(role);

        await using NpgsqlCommand command = dataSource.CreateCommand(
            "SELECT concat_ws(' ', current_setting('application_name'), current_setting('statement_timeout'), current_setting('lock_timeout'))");

        Assert.Equal($"{name} {statementTimeout} {lockTimeout}", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Equal(size, new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).MaxPoolSize);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(";No Reset On Close=true", false)]
    public async Task DataSource_OfTheApi_KeepsThePlansOfItsSessionsUnlessAPoolerOwnsThem(string setting, bool isKept)
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString + setting);
        var dataSource = services.GetRequiredKeyedService<NpgsqlDataSource>(DataSourceRole.Api);

        long prepared = 0;
        for (int i = 0; i < 7; i++)
        {
            await using NpgsqlCommand command = dataSource.CreateCommand("SELECT (SELECT count(*) FROM claims.balance_of('P', 'C')) + count(*) FROM pg_prepared_statements WHERE statement LIKE '%balance_of%'");
            prepared = (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }

        Assert.Equal(isKept, prepared > 0);
    }

    [Fact]
    public async Task States_ServerThatRefusesQuestionsAboutItsLog_AreKnownAllTheSame()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE SCHEMA refusing;
            CREATE FUNCTION refusing.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not here' USING ERRCODE = '0A000'; END $$;
            """);
        await using ServiceProvider services = TestServices.Create(database.ConnectionString + ";Search Path=refusing,pg_catalog");
        var servers = services.GetRequiredService<DatabaseServers>();

        await servers.AskAllAsync();

        Assert.Equal((ServerRole.Primary, true, null), (servers.States[0].Role, servers.States[0].IsReachable, servers.States[0].Error));
    }

    [Fact]
    public async Task DataSource_WithTheShortestIdleTimeout_Opens()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:Api:IdleTimeout"] = "00:00:01" });

        await using NpgsqlConnection connection = await services.GetRequiredKeyedService<NpgsqlDataSource>(DataSourceRole.Api).OpenConnectionAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, new NpgsqlConnectionStringBuilder(connection.ConnectionString).ConnectionPruningInterval);
    }

    [Fact]
    public void Defaults_OfAllPools_AreFiftyConnections()
    {
        var options = new PostgresOptions();

        Assert.Equal(50, Enum.GetValues<DataSourceRole>().Sum(role => options.PoolOf(role).MaxSize));
    }

    [Fact]
    public void Defaults_OfMonthsAndVerification_KeepEverythingAndVerifyIt()
    {
        var options = new PostgresOptions();

        Assert.Equal((2, null, TimeSpan.FromMinutes(1)), (options.MonthsAhead, options.KeepMonths, options.VerifyInterval));
    }

    [Fact]
    public void Options_EverythingWrong_NamesEachSettingItsValueAndWhatIsAllowed()
    {
        using ServiceProvider services = TestServices.Create("", new Dictionary<string, string?>
        {
            ["Claims:Postgres:MonthsAhead"] = "0",
            ["Claims:Postgres:KeepMonths"] = "0",
            ["Claims:Postgres:VerifyInterval"] = "-00:00:01",
            ["Claims:Postgres:Api:MaxSize"] = "0",
            ["Claims:Postgres:Report:LockTimeout"] = "02:00:00",
            ["Claims:Postgres:HostCount"] = "-1",
            ["Claims:Postgres:Routing:Patience"] = "00:00:00",
            ["Claims:Postgres:Views:ChangedRows"] = "0",
        });

        OptionsValidationException exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<PostgresOptions>>().Value);

        Assert.Equal(
            [
                "ConnectionStrings:Claims (or Claims:Postgres:ConnectionString) is empty; it must be an Npgsql connection string such as Host=localhost;Username=claims;Database=claims.",
                "Claims:Postgres:MonthsAhead is 0; it must be from 1 to 24.",
                "Claims:Postgres:KeepMonths is 0; it must be from 1 to 1200.",
                "Claims:Postgres:VerifyInterval is -00:00:01; it must be from 00:00:00 to 1.00:00:00.",
                "Claims:Postgres:HostCount is -1; it must be from 0 to 1000.",
                "Claims:Postgres:Api:MaxSize is 0; it must be from 1 to 1000.",
                "Claims:Postgres:Report:LockTimeout is 02:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
                "Claims:Postgres:Routing:Patience is 00:00:00; it must be from 00:00:00.0010000 to 00:01:00.",
                "Claims:Postgres:Views:ChangedRows is 0; it must be from 1 to 1000000000.",
            ],
            string.Join("; ", exception.Failures).Split("; C", StringSplitOptions.None).Select((text, i) => i == 0 ? text : "C" + text));
    }

    [Theory]
    [InlineData("Password=hunter2;NoSuchKey=1", "is not a valid Npgsql connection string")]
    [InlineData("Password=hunter2;Database=x", "names no Host")]
    public void Options_BadConnectionString_IsNotRepeatedInTheError(string connectionString, string text)
    {
        using ServiceProvider services = TestServices.Create(connectionString);

        OptionsValidationException exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<PostgresOptions>>().Value);

        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }
}
