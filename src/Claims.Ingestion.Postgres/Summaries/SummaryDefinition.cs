namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>
/// A summary: a table with a row for each key, for example each claim, that is kept up to date by computing the rows of the keys that changed again. Declare one with <c>AddSummary</c>; its table is
/// made at the start and filled beside the ingestion.
/// </summary>
/// <remarks>
/// The SQL is trusted: it is run as it stands. A changed <see cref="Query"/> with the same columns is applied to all keys, one slice after the other; with other columns the summary needs another name.
/// </remarks>
public sealed record SummaryDefinition
{
    /// <summary>The name of the table, with its schema; without one it is in <c>claims</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The columns of the key, in the order in which the keys are gone through.</summary>
    /// <value>The default is <c>provider_id, claim_id</c>: a row for each claim.</value>
    public IReadOnlyList<string> Key { get; init; } = ["provider_id", "claim_id"];

    /// <summary>The query for a set of keys. It reads the keys from <c>keys</c>, which has the columns of <see cref="Key"/>, and returns these columns first and one row for each key at most; a key without a row has none in the table.</summary>
    public required string Query { get; init; }

    /// <summary>The query for the keys that files changed; its parameter <c>$1</c> is a <c>bigint[]</c> of file ids.</summary>
    /// <value>The default is the claims of the files.</value>
    public string ChangedKeys { get; init; } =
        "SELECT provider_id, claim_id FROM claims.claim WHERE file_id = ANY($1) UNION ALL SELECT provider_id, claim_id FROM claims.remittance_claim WHERE file_id = ANY($1)";

    /// <summary>The query for all keys. It is asked for some at a time, in their order, and should find them by an index.</summary>
    /// <value>The default is all claims.</value>
    public string AllKeys { get; init; } = "SELECT provider_id, claim_id FROM claims.claim UNION ALL SELECT provider_id, claim_id FROM claims.remittance_claim";

    /// <summary>Sums over the rows of the summary, kept by adding the differences.</summary>
    public IReadOnlyList<RollUp> RollUps { get; init; } = [];
}

/// <summary>A roll-up: a table with sums over the rows of a summary. It has a column <c>row_count</c> besides those named; rows where that is 0 are to be left out when it is read.</summary>
public sealed record RollUp
{
    /// <summary>The name of the table, with its schema; without one it is in <c>claims</c>. A second table for its audit has <c>_audit</c> added.</summary>
    public required string Name { get; init; }

    /// <summary>Which rows of the summary count, as an SQL condition.</summary>
    /// <value>All, unless set.</value>
    public string? Where { get; init; }

    /// <summary>The columns that make a group. None may be <c>NULL</c>.</summary>
    public required IReadOnlyList<SummaryColumn> GroupBy { get; init; }

    /// <summary>What is added up: numbers, exact ones (<c>numeric</c> or integers). <c>NULL</c> counts as 0.</summary>
    public required IReadOnlyList<SummaryColumn> Sums { get; init; }
}

/// <summary>A column of a roll-up.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">The SQL expression over the columns of the summary; its name, unless set.</param>
public sealed record SummaryColumn(string Name, string? Expression = null)
{
    internal string Sql => Expression ?? Name;
}
