using Claims.Ingestion.Postgres.DataSources;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class ConnectionHostsTests
{
    [Theory]
    [InlineData("Host=db", "db:5432")]
    [InlineData("Host=db;Port=6000", "db:6000")]
    [InlineData("Host=db1,db2:5433, db3;Port=6000", "db1:6000 db2:5433 db3:6000")]
    [InlineData("Host=/var/run/postgresql", "/var/run/postgresql")]
    [InlineData("Host=[::1]:6000,10.0.0.1", "[::1]:6000 10.0.0.1:5432")]
    public void Of_EachForm_NamesEachServer(string connectionString, string expected) => Assert.Equal(expected, string.Join(' ', ConnectionHosts.Of(connectionString)));

    [Theory]
    [InlineData("db2:5433", "db2", 5433)]
    [InlineData("/var/run/postgresql", "/var/run/postgresql", 6000)]
    [InlineData("[::1]:7000", "[::1]", 7000)]
    public void Set_AServer_LeavesTheOthersAndTheChoiceToNpgsqlOut(string server, string host, int port)
    {
        var settings = new NpgsqlConnectionStringBuilder("Host=db1,db2:5433;Port=6000;Target Session Attributes=prefer-standby;Database=claims");

        ConnectionHosts.Set(settings, server);

        Assert.Equal((host, port, null, "claims"), (settings.Host, settings.Port, settings.TargetSessionAttributes, settings.Database));
    }
}
