using System.Reflection;
using Claims.Ingestion.Postgres.Writing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Schema;

/// <summary>Which scripts the database has, as it was found at the start: compared with those of this build.</summary>
internal sealed class SchemaState
{
    private SchemaFinding? _found;
    private string _reason = "nobody has looked";

    /// <summary>What was found; <see langword="null"/> while nobody could look.</summary>
    public SchemaFinding? Found => Volatile.Read(ref _found);

    /// <summary>Why it is not known, if it is not.</summary>
    public string Reason => Volatile.Read(ref _reason);

    /// <summary>Takes the scripts that the database has.</summary>
    public void Take(IReadOnlyCollection<string> scripts)
    {
        const string Folder = ".Schema.Scripts.";
        string[] own = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.Contains(Folder, StringComparison.Ordinal))];
        Volatile.Write(ref _found, new SchemaFinding(own.Length, Names(own.Except(scripts, StringComparer.Ordinal)), Names(scripts.Except(own, StringComparer.Ordinal))));

        static string[] Names(IEnumerable<string> scripts) =>
            [.. scripts.Select(name => name[(name.LastIndexOf(Folder, StringComparison.Ordinal) is var at && at < 0 ? 0 : at + Folder.Length)..]).Order(StringComparer.Ordinal)];
    }

    /// <summary>Says why nobody could look.</summary>
    public void Miss(string reason) => Volatile.Write(ref _reason, reason);

    /// <summary>Reads which scripts the database has.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var scripts = new List<string>();
        try
        {
            await using var command = new NpgsqlCommand("SELECT scriptname FROM claims.schema_version", connection);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) scripts.Add(reader.GetString(0));
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // It was never migrated.
        }

        Take(scripts);
    }

    /// <summary>Reads which scripts the database has, or why that cannot be known.</summary>
    public async Task TryReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(connection, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            Miss(StoreErrors.Describe(exception).Message);
        }
    }
}

/// <summary>How the schema of the database differs from this build.</summary>
/// <param name="Scripts">How many scripts this build has.</param>
/// <param name="Missing">Those of them that the database lacks, in their order.</param>
/// <param name="Unknown">Scripts that the database has and this build does not.</param>
internal sealed record SchemaFinding(int Scripts, IReadOnlyList<string> Missing, IReadOnlyList<string> Unknown);
