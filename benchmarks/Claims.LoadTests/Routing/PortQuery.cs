using System.Diagnostics;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>The lightest read there is, which tells which server it went to.</summary>
internal static class PortQuery
{
    public static async Task<Answer> AskAsync(Func<ValueTask<NpgsqlConnection>> open, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using NpgsqlConnection connection = await open();
        TimeSpan opening = Stopwatch.GetElapsedTime(start);
        await using var command = new NpgsqlCommand("SELECT inet_server_port()", connection);
        return new Answer((int)(await command.ExecuteScalarAsync(cancellationToken))!, opening);
    }
}
