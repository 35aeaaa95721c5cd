namespace Claims.LoadTests.Write;

/// <summary>The server of the write scenarios: a usual one, sized for its machine. Nothing is taken off its durability.</summary>
internal static class WriteServer
{
    public static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["shared_buffers"] = "1GB",
        ["max_wal_size"] = "4GB",
        ["checkpoint_timeout"] = "15min",
    };
}
