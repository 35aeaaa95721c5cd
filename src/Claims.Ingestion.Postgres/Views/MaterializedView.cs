using System.Text.RegularExpressions;
using Claims.Ingestion.Postgres.Summaries;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>A materialized view, as the catalog describes it.</summary>
/// <param name="Name">Its name in the settings, the decisions and the log.</param>
/// <param name="Relation">Its name in SQL.</param>
/// <param name="Unique">Whether it has a unique index that a concurrent refresh can use.</param>
/// <param name="Columns">Its columns, for the statement that makes such an index.</param>
/// <param name="DependsOnDay">Whether what it says depends on the time of day.</param>
/// <param name="Beneath">The other materialized views that it reads, by their names in SQL.</param>
/// <param name="ReadsClaims">Whether it reads what submissions say.</param>
/// <param name="ReadsRemittances">Whether it reads what remittances say.</param>
/// <param name="ReadsSummary">Whether it reads the summary of the reports.</param>
/// <param name="Foreign">Other tables that it reads: their changes are counted by the server.</param>
internal sealed partial record MaterializedView(
    string Name, string Relation, bool Unique, IReadOnlyList<string> Columns, bool DependsOnDay, IReadOnlyList<string> Beneath, bool ReadsClaims, bool ReadsRemittances, bool ReadsSummary,
    IReadOnlyList<long> Foreign)
{
    private const string FileTable = "claim_file";

    private static readonly HashSet<string> _summaryTables = ["claim_summary", "payerwise_rollup"];
    private static readonly HashSet<string> _submissionTables = ["claim", "diagnosis", "activity", "observation"];
    private static readonly HashSet<string> _remittanceTables = ["remittance_claim", "remittance_activity"];

    /// <summary>What keeps a report in its mode <see cref="ReportMode.Materialized"/>.</summary>
    public static string RelationOf(string name) =>
        ReportViews.Names.Contains(name) ? $"claims.{name.Replace("mv_", "materialized_", StringComparison.Ordinal)}" : SummaryTable.Qualify(name);

    /// <summary>What is wrong with it, with the statement that puts it right; <see langword="null"/> when nothing is.</summary>
    public string? Fault => Unique
        ? null
        : $"{Relation} has no unique index over columns alone and all rows, without which it cannot be refreshed beside its readers; make one, for example: CREATE UNIQUE INDEX ON {Relation} ({string.Join(", ", Columns.Take(2))})";

    /// <summary>Reads what the catalog says.</summary>
    /// <returns>The view, or <see langword="null"/> when there is no such materialized view.</returns>
    public static async Task<MaterializedView?> ReadAsync(NpgsqlConnection connection, string name, IList<string> sources, CancellationToken cancellationToken)
    {
        string relation = RelationOf(name);
        await using var command = new NpgsqlCommand(
            """
            WITH RECURSIVE beneath (oid) AS (
              SELECT oid FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'm' OR oid IN (SELECT to_regclass(name) FROM unnest($2::text[]) s (name))
              UNION
              SELECT d.refobjid
              FROM beneath b
              JOIN pg_rewrite r ON r.ev_class = b.oid
              JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> b.oid
            )
            SELECT c.oid::bigint, format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text, c.relkind::text,
                   CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                   EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL),
                   ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
                   c.oid = to_regclass($1)
            FROM beneath b JOIN pg_class c ON c.oid = b.oid JOIN pg_namespace n ON n.oid = c.relnamespace
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = relation });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sources.Select(SummaryTable.Qualify)] });
        MaterializedView? view = null;
        List<string> beneath = [], tables = [];
        List<long> foreign = [];
        bool dependsOnDay = false, readsSummary = false;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            (string schema, string table, string kind) = (reader.GetString(2), reader.GetString(3), reader.GetString(4));
            dependsOnDay |= !await reader.IsDBNullAsync(5, cancellationToken) && TimeOfDay().IsMatch(reader.GetString(5));
            if (reader.GetBoolean(8)) view = new MaterializedView(name, reader.GetString(1), reader.GetBoolean(6), reader.GetFieldValue<string[]>(7), false, beneath, false, false, false, foreign);
            else if (kind == "m") beneath.Add(reader.GetString(1));
            else if (kind is not ("r" or "p" or "f")) continue;
            else if (schema == "claims" && _summaryTables.Contains(table)) readsSummary = true;
            else if (schema == "claims" && (table == FileTable || _submissionTables.Contains(table) || _remittanceTables.Contains(table))) tables.Add(table);
            else foreign.Add(reader.GetInt64(0));
        }

        // The files of both kinds are in one table; who reads the claims of one kind besides reads the files of that kind.
        bool readsBoth = readsSummary || tables is [FileTable];
        return view is null ? null : view with
        {
            DependsOnDay = dependsOnDay,
            ReadsClaims = readsBoth || tables.Any(_submissionTables.Contains),
            ReadsRemittances = readsBoth || tables.Any(_remittanceTables.Contains),
            ReadsSummary = readsSummary,
        };
    }

    [GeneratedRegex(@"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(|\b(CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)\b|\bage\([^,()]*\)", RegexOptions.IgnoreCase)]
    private static partial Regex TimeOfDay();
}
