using DotNet.Testcontainers.Builders;
using Testcontainers.PostgreSql;

namespace Claims.Ingestion.TestSupport;

/// <summary>PostgreSQL in a container, for machines that have Docker and no binaries.</summary>
internal static class PostgresContainer
{
    private const string Image = "postgres:18";

    /// <returns>The running container, or null when Docker does not answer.</returns>
    public static async Task<(string ConnectionString, IAsyncDisposable Container)?> TryStartAsync()
    {
        try
        {
            var container = new PostgreSqlBuilder(Image).Build();
            await container.StartAsync();
            return (container.GetConnectionString(), container);
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }
}
