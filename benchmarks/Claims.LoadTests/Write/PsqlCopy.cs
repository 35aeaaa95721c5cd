using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.LoadTests.Write;

/// <summary>The floor: <c>psql</c>'s <c>\copy ... with binary</c> of the rows that the ingestion wrote, into the same tables.</summary>
internal sealed class PsqlCopy(string connectionString, string folder)
{
    private const int Halves = 2;

    private readonly string _program = Program();

    /// <summary>Writes all rows to files, in two halves by file.</summary>
    public async Task ExportAsync(CancellationToken cancellationToken)
    {
        const string Middle = "(SELECT id FROM claims.claim_file ORDER BY id OFFSET (SELECT count(*) / 2 FROM claims.claim_file) LIMIT 1)";
        for (int half = 0; half < Halves; half++)
        {
            string side = half == 0 ? "<" : ">=";
            await RunAsync(ClaimTables.All.Select(t => $@"\copy (SELECT * FROM claims.{t.Name} WHERE {t.FileId} {side} {Middle} ORDER BY 1, 2) TO '{File(t.Name, half)}' WITH BINARY"), cancellationToken);
        }
    }

    /// <returns>How long it took on so many connections, 1 or 2.</returns>
    public async Task<TimeSpan> ImportAsync(int connections, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        if (connections == 1)
            await RunAsync(Enumerable.Range(0, Halves).SelectMany(Imports), cancellationToken);
        else
            await Task.WhenAll(Enumerable.Range(0, Halves).Select(half => RunAsync(Imports(half), cancellationToken)));
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Program()
    {
        string beside = Path.Combine(PostgresBinaries.Find().Directory, "psql");
        return System.IO.File.Exists(beside) ? beside : "psql";
    }

    private IEnumerable<string> Imports(int half) => ClaimTables.All.Select(t => $@"\copy claims.{t.Name} FROM '{File(t.Name, half)}' WITH BINARY");

    private string File(string table, int half) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{table}-{half}.copy"));

    private async Task RunAsync(IEnumerable<string> commands, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(_program) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in new[] { "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-" }) start.ArgumentList.Add(argument);
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;
        start.Environment["PGDATABASE"] = connection.Database;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.StandardInput.WriteAsync(string.Join('\n', commands) + "\n");
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            await output;
            if (process.ExitCode != 0) throw new InvalidOperationException($"psql failed: {await errors}");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("The floor is measured with psql, which is not on this machine: install PostgreSQL's client programs.", exception);
        }
    }
}
