using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>The settings that every server gets, and the file they are written to.</summary>
internal static partial class ServerSettings
{
    public const string FileName = "claims.conf";

    private const string Include = $"include_if_exists = '{FileName}'";

    /// <summary>The built-in settings with the user's over them.</summary>
    public static Dictionary<string, string> Merge(IEnumerable<KeyValuePair<string, string>> custom)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["max_connections"] = "100",
            ["shared_buffers"] = "128MB",
            ["max_wal_size"] = "2GB",
            ["wal_level"] = "replica",
            ["max_wal_senders"] = "10",
            ["hot_standby"] = "on",
            ["fsync"] = "on",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["log_min_messages"] = "warning",
            ["log_line_prefix"] = "%m [%p] ",
            ["lc_messages"] = "C",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        foreach (var (name, value) in custom)
        {
            settings[Checked(name, value)] = value;
        }

        return settings;
    }

    /// <summary>Writes the settings beside <c>postgresql.conf</c>, which is made to read them last.</summary>
    /// <returns>The file that was written.</returns>
    public static string Write(string dataDirectory, IReadOnlyDictionary<string, string> settings, int port, string? socketDirectory)
    {
        var text = new StringBuilder("# Written at every start.\n");
        foreach (var (name, value) in settings)
        {
            text.Append(Line(name, value));
        }

        text.Append(Line("port", port.ToString(CultureInfo.InvariantCulture)));
        text.Append(Line("unix_socket_directories", socketDirectory ?? ""));

        var file = Path.Combine(dataDirectory, FileName);
        File.WriteAllText(file, text.ToString());

        var main = Path.Combine(dataDirectory, "postgresql.conf");
        if (!File.ReadLines(main).Contains(Include))
        {
            File.AppendAllText(main, $"\n{Include}\n");
        }

        return file;
    }

    private static string Checked(string name, string value)
    {
        if (!Name().IsMatch(name) || value.AsSpan().ContainsAny('\n', '\r'))
        {
            throw new ArgumentException($"The server setting '{name}' is not a name with a value of one line.");
        }

        return name.ToLowerInvariant() is "port" or "unix_socket_directories" or "data_directory"
            ? throw new ArgumentException($"The server setting '{name}' is chosen by the options and the server's own folder.")
            : name;
    }

    private static string Line(string name, string value) =>
        $"{name} = '{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'\n";

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
