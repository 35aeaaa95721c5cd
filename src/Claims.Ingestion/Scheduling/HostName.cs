namespace Claims.Ingestion.Scheduling;

/// <summary>The name of this process among all hosts, for operators and for leases: two processes never share it, not even after a restart on the same machine.</summary>
internal static class HostName
{
    public static string Value { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
}
