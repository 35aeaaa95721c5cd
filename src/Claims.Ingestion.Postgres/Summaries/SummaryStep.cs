namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>What one transaction did for a summary.</summary>
/// <param name="Claims">Changed claims that it shows now.</param>
/// <param name="Keys">Keys that were computed for them.</param>
/// <param name="Rows">Rows that changed.</param>
/// <param name="PassKeys">Keys that the pass has come by.</param>
/// <param name="Drifted">Rows and groups that were wrong without a reason, and are right now.</param>
/// <param name="Lag">How long the oldest of the changes had waited.</param>
/// <param name="HasMore">Whether more changes wait.</param>
/// <param name="IsFilling">Whether a pass is under way that has to compute all keys: the first one, or one after something changed that no files name.</param>
/// <param name="IsFilledNow">Whether this transaction ended the first pass.</param>
internal readonly record struct SummaryStep(long Claims, long Keys, long Rows, long PassKeys, long Drifted, TimeSpan? Lag, bool HasMore, bool IsFilling, bool IsFilledNow);
