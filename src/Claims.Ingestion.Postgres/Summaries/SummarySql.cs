namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>
/// The statements that keep one summary. Whatever the keys come from, the work is the same: compute their rows, compare them with those of the table, write what differs, and add the differences to the
/// roll-ups.
/// </summary>
internal sealed class SummarySql
{
    private readonly SummaryDefinition _definition;
    private readonly SummaryTable _table;
    private readonly string[] _key;
    private readonly string _keys;

    public SummarySql(SummaryDefinition definition, SummaryTable table)
    {
        _definition = definition;
        _table = table;
        _key = [.. definition.Key.Select(SummaryTable.Quote)];
        _keys = string.Join(", ", _key);
        Change = Recompute($"SELECT DISTINCT {_keys} FROM ({definition.ChangedKeys}) k", isSlice: false);
        Slice = Recompute(
            $"""
            SELECT DISTINCT {_keys} FROM ({definition.AllKeys} UNION ALL SELECT {_keys} FROM {table.Name}) k
            WHERE $1::text[] IS NULL OR ({_keys}) > ({Cursor("$1")})
            ORDER BY {_keys} LIMIT $2
            """,
            isSlice: true);
        Restart = string.Join("; ", definition.RollUps.Select(r => $"DELETE FROM {Audit(r)}"));
        Compare = [.. definition.RollUps.Select(CompareOf)];
    }

    /// <summary>Makes the table of a summary.</summary>
    public static string CreateOf(SummaryDefinition definition) =>
        $"""
        CREATE TABLE {SummaryTable.Qualify(definition.Name)} WITH (fillfactor = 90) AS {Probe(definition)} WITH NO DATA;
        ALTER TABLE {SummaryTable.Qualify(definition.Name)} ADD PRIMARY KEY ({string.Join(", ", definition.Key.Select(SummaryTable.Quote))});
        """;

    /// <summary>The query for no key: its columns are those of the table.</summary>
    public static string Probe(SummaryDefinition definition) =>
        $"WITH keys AS (SELECT {string.Join(", ", definition.Key.Select(SummaryTable.Quote))} FROM ({definition.AllKeys}) k LIMIT 0), fresh AS ({definition.Query}) SELECT * FROM fresh";

    /// <summary>Makes the tables of a roll-up.</summary>
    public static string CreateOf(SummaryDefinition definition, RollUp rollUp)
    {
        string table = SummaryTable.Qualify(rollUp.Name);
        string columns = string.Join(
            ", ",
            [
                .. rollUp.GroupBy.Select(g => $"{g.Sql} AS {SummaryTable.Quote(g.Name)}"), "count(*) AS row_count",
                .. rollUp.Sums.Select(s => $"coalesce(sum({s.Sql}), 0) AS {SummaryTable.Quote(s.Name)}"),
            ]);
        return
            $"""
            CREATE TABLE {table} WITH (fillfactor = 70) AS
              SELECT {columns} FROM {SummaryTable.Qualify(definition.Name)} r GROUP BY {string.Join(", ", rollUp.GroupBy.Select(g => g.Sql))} WITH NO DATA;
            ALTER TABLE {table} ADD PRIMARY KEY ({Names(rollUp.GroupBy)});
            CREATE TABLE {Audit(rollUp)} (LIKE {table} INCLUDING ALL);
            """;
    }

    /// <summary>Computes the keys that files changed: <c>$1</c> the files, <c>$2</c> the key up to which the pass has come. Gives the keys, the rows that changed, and <c>NULL</c>.</summary>
    public string Change { get; }

    /// <summary>Computes the next keys of the pass: <c>$1</c> the key up to which it has come, <c>$2</c> how many. Gives the keys, the rows that changed, and the last key.</summary>
    public string Slice { get; }

    /// <summary>Prepares the tables of the audit for a new pass; empty when there are none.</summary>
    public string Restart { get; }

    /// <summary>At the end of a pass: puts the roll-ups right, and gives how many groups were wrong.</summary>
    public IReadOnlyList<string> Compare { get; }

    private static string Audit(RollUp rollUp) => SummaryTable.Qualify(rollUp.Name + "_audit");

    private static string Names(IEnumerable<SummaryColumn> columns) => string.Join(", ", columns.Select(c => SummaryTable.Quote(c.Name)));

    private static string Same(IEnumerable<string> columns, string left, string right) => string.Join(" AND ", columns.Select(c => $"{left}.{c} = {right}.{c}"));

    private string Cursor(string parameter) => string.Join(", ", _definition.Key.Select((column, i) => $"({parameter}::text[])[{i + 1}]::{_table.TypeOf(column)}"));

    private string Recompute(string keys, bool isSlice)
    {
        // The table's rows are looked up one by one: a plan for a table without statistics would read it whole.
        string columns = _table.List();
        string[] values = [.. _table.Columns.Except(_key)];
        string update = values.Length == 0 ? "DO NOTHING" : $"DO UPDATE SET {string.Join(", ", values.Select(c => $"{c} = excluded.{c}"))}";
        var withs = new List<string>
        {
            $"keys AS MATERIALIZED ({keys})",
            $"fresh AS MATERIALIZED (SELECT {columns} FROM ({_definition.Query}) q)",
            $"old AS MATERIALIZED (SELECT o.* FROM keys k CROSS JOIN LATERAL (SELECT ctid AS place, {columns} FROM {_table.Name} s WHERE {Same(_key, "s", "k")} OFFSET 0) o)",
            $"changed AS MATERIALIZED (SELECT f.* FROM fresh f LEFT JOIN old o ON {Same(_key, "f", "o")} WHERE o.place IS NULL OR ROW({_table.List("f.")}) IS DISTINCT FROM ROW({_table.List("o.")}))",
            $"gone AS MATERIALIZED (SELECT o.* FROM old o LEFT JOIN fresh f ON {Same(_key, "f", "o")} WHERE f.{_key[0]} IS NULL)",
            $"written AS (INSERT INTO {_table.Name} ({columns}) SELECT {columns} FROM changed ORDER BY {_keys} ON CONFLICT ({_keys}) {update})",
            $"deleted AS (DELETE FROM {_table.Name} WHERE ctid = ANY(ARRAY(SELECT place FROM gone)))",
        };
        if (_definition.RollUps.Count > 0)
        {
            withs.Add(
                $"delta AS MATERIALIZED (SELECT 1 AS sign, {columns} FROM changed UNION ALL SELECT -1, {_table.List("o.")} FROM old o JOIN changed c ON {Same(_key, "c", "o")} UNION ALL SELECT -1, {columns} FROM gone)");

            // What the audit adds up is the rows of the keys that the pass has come by.
            string audited = isSlice ? "(SELECT 1 AS sign, f.* FROM fresh f)" : $"(SELECT * FROM delta WHERE ({_keys}) <= ({Cursor("$2")}))";
            for (int i = 0; i < _definition.RollUps.Count; i++)
            {
                RollUp rollUp = _definition.RollUps[i];
                withs.Add($"rollup_{i} AS ({Add(rollUp, SummaryTable.Qualify(rollUp.Name), "delta")})");
                withs.Add($"audit_{i} AS ({Add(rollUp, Audit(rollUp), audited)})");
            }
        }

        string last = isSlice ? $"(SELECT ARRAY[{string.Join(", ", _key.Select(k => k + "::text"))}] FROM keys ORDER BY {string.Join(", ", _key.Select(k => k + " DESC"))} LIMIT 1)" : "NULL::text[]";
        return $"WITH {string.Join(",\n", withs)}\nSELECT (SELECT count(*) FROM keys), (SELECT count(*) FROM changed) + (SELECT count(*) FROM gone), {last}";
    }

    private static string Add(RollUp rollUp, string table, string from)
    {
        string groups = Names(rollUp.GroupBy);
        string values = string.Join(", ", [.. rollUp.GroupBy.Select((g, i) => $"({g.Sql}) AS g{i}"), .. rollUp.Sums.Select((s, i) => $"({s.Sql}) AS s{i}")]);
        string places = string.Join(", ", rollUp.GroupBy.Select((_, i) => $"g{i}"));
        string sums = string.Concat(rollUp.Sums.Select((_, i) => $", coalesce(sum(sign * s{i}), 0)"));
        string update = string.Concat(rollUp.Sums.Select(s => SummaryTable.Quote(s.Name)).Select(s => $", {s} = t.{s} + excluded.{s}"));
        return
            $"""
            INSERT INTO {table} AS t ({groups}, row_count{string.Concat(rollUp.Sums.Select(s => $", {SummaryTable.Quote(s.Name)}"))})
            SELECT {places}, sum(sign){sums} FROM (SELECT sign, {values} FROM {from} r{(rollUp.Where is null ? "" : $" WHERE {rollUp.Where}")}) d GROUP BY {places}
            ON CONFLICT ({groups}) DO UPDATE SET row_count = t.row_count + excluded.row_count{update}
            """;
    }

    private static string CompareOf(RollUp rollUp)
    {
        string table = SummaryTable.Qualify(rollUp.Name);
        string[] groups = [.. rollUp.GroupBy.Select(g => SummaryTable.Quote(g.Name))];
        string[] values = ["row_count", .. rollUp.Sums.Select(s => SummaryTable.Quote(s.Name))];
        string columns = string.Join(", ", groups.Concat(values));
        return
            $"""
            WITH truth AS MATERIALIZED (SELECT {columns} FROM {Audit(rollUp)} WHERE row_count <> 0),
            wrong AS MATERIALIZED (
              SELECT t.* FROM truth t LEFT JOIN {table} r ON {Same(groups, "r", "t")}
              WHERE r.row_count IS NULL OR ROW({string.Join(", ", values.Select(v => "t." + v))}) IS DISTINCT FROM ROW({string.Join(", ", values.Select(v => "r." + v))})),
            healed AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM wrong ON CONFLICT ({string.Join(", ", groups)}) DO UPDATE SET {string.Join(", ", values.Select(v => $"{v} = excluded.{v}"))}),
            removed AS (DELETE FROM {table} r WHERE NOT EXISTS (SELECT FROM truth t WHERE {Same(groups, "t", "r")}) RETURNING row_count)
            SELECT (SELECT count(*) FROM wrong) + (SELECT count(*) FROM removed WHERE row_count <> 0)
            """;
    }
}
