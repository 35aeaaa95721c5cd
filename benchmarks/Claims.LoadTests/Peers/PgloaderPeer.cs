using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Claims.LoadTests.Peers.Rows;
using Npgsql;

namespace Claims.LoadTests.Peers;

/// <summary>pgloader: the rows are written to CSV files, which it loads with its default settings, one table after the other.</summary>
internal sealed class PgloaderPeer : Peer
{
    private const string Program = "pgloader";

    private readonly string _connectionString;
    private readonly string _folder;

    private PgloaderPeer(string connectionString, string folder, string version)
    {
        _connectionString = connectionString;
        _folder = folder;
        Version = version;
    }

    public override string Name => "pgloader, from CSV";

    public override string Version { get; }

    public override bool IsProgram => true;

    /// <returns>The peer, or <see langword="null"/> when the program is not on this machine.</returns>
    public static async Task<PgloaderPeer?> FindAsync(string connectionString, string folder, CancellationToken cancellationToken)
    {
        try
        {
            string version = await RunAsync(["--version"], cancellationToken);
            return new PgloaderPeer(connectionString, folder, version.Split('"') is [_, string number, ..] ? number : "unknown");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public override async Task WriteAsync(SourceFiles files, CancellationToken cancellationToken)
    {
        WriteCsv(files);
        string commands = Path.Combine(_folder, "claims.load");
        await File.WriteAllTextAsync(commands, string.Join('\n', Load<ClaimRow>(), Load<DiagnosisRow>(), Load<ActivityRow>(), Load<ObservationRow>(), Load<ClaimFileRow>()), cancellationToken);
        await RunAsync(["--quiet", "--root-dir", _folder, commands], cancellationToken);
    }

    private void WriteCsv(SourceFiles files)
    {
        using var claims = new CsvFile<ClaimRow>(_folder);
        using var diagnoses = new CsvFile<DiagnosisRow>(_folder);
        using var activities = new CsvFile<ActivityRow>(_folder);
        using var observations = new CsvFile<ObservationRow>(_folder);
        using var claimFiles = new CsvFile<ClaimFileRow>(_folder);
        foreach (RowBatch batch in files.Read())
        {
            claims.Add(batch.Claims);
            diagnoses.Add(batch.Diagnoses);
            activities.Add(batch.Activities);
            observations.Add(batch.Observations);
            claimFiles.Add(batch.Files);
        }
    }

    private string Load<TRow>()
    {
        var connection = new NpgsqlConnectionStringBuilder(_connectionString);
        string password = connection.Password is { Length: > 0 } given ? ":" + Uri.EscapeDataString(given) : "";
        string address = string.Create(CultureInfo.InvariantCulture, $"postgresql://{connection.Username}{password}@{connection.Host}:{connection.Port}/{connection.Database}");
        string fields = string.Join(", ", RowTable<TRow>.Columns.Select(c => $"{c.Name} [null if '{CsvFile<TRow>.Null}']"));
        return $"""
            LOAD CSV FROM '{CsvFile<TRow>.PathIn(_folder)}' HAVING FIELDS ({fields})
              INTO {address} TARGET TABLE {RowTable<TRow>.Name} TARGET COLUMNS ({RowTable<TRow>.ColumnList})
              WITH fields terminated by ',', fields optionally enclosed by '"', fields escaped by double-quote;
            """;
    }

    private static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"pgloader failed: {await errors}{output}");
    }
}
