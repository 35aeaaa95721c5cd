using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Reads the figures of past hours.</summary>
internal sealed class HourDesk([FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource) : IHourDesk
{
    public async Task<IReadOnlyList<HourFigures>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT hour, sum(claims)::int8, sum(files)::int8, sum(quarantined)::int8, sum(failed_polls)::int8, max(user_latency), min(least_share), max(staleness)
            FROM claims.ingestion_hour WHERE hour >= $1 AND hour < $2 GROUP BY hour ORDER BY hour
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = from.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = to.ToUniversalTime() });
        var hours = new List<HourFigures>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hours.Add(new HourFigures(
                await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : TimeSpan.FromSeconds(reader.GetDouble(5)), reader.GetDouble(6), TimeSpan.FromSeconds(reader.GetDouble(7))));
        }

        return hours;
    }
}
