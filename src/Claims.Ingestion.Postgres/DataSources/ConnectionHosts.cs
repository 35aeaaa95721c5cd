using System.Globalization;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The servers that a connection string names.</summary>
internal static class ConnectionHosts
{
    /// <summary>Each server as <c>host:port</c>, or as the folder of its socket.</summary>
    public static IReadOnlyList<string> Of(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return [.. (settings.Host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(host => HasPort(host) || host.StartsWith('/') || host.StartsWith('@')
            ? host
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{settings.Port}"))];
    }

    /// <summary>Makes a connection string name one server only.</summary>
    public static void Set(NpgsqlConnectionStringBuilder settings, string server)
    {
        settings.Host = HasPort(server) ? server[..server.LastIndexOf(':')] : server;
        if (HasPort(server)) settings.Port = int.Parse(server.AsSpan(server.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
        settings.TargetSessionAttributes = null;
    }

    // An IPv6 address has colons of its own; with a port it stands in brackets.
    private static bool HasPort(string host) =>
        host.LastIndexOf(':') is var colon and > 0 && !host.StartsWith('/') && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']');
}
