using System.Globalization;
using Claims.Measuring;

namespace Claims.LoadTests.Views;

/// <summary>
/// Fills the tables with claims, and changes some, by SQL on the server: what views and summaries cost does not depend on who stored the claims. Each file has 500 claims, a claim two activities; seven of
/// ten claims have a remittance, one of twenty of these is denied and three are paid in part.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="isScattered">
/// Whether a file names any claims of all providers, which no payer does. Otherwise it names claims of one provider, from four submissions that followed on each other.
/// </param>
internal sealed class StoredClaims(BenchmarkDatabase database, bool isScattered = false)
{
    public const int PerFile = 500;
    private const int Providers = 100;
    private const int FilesOfAnAnswer = 4;
    private const int PerStatement = 100_000;

    private int _round;

    /// <summary>How many claims there are.</summary>
    public long Count { get; private set; }

    public async Task PrepareAsync() => await database.ExecuteAsync(
        """
        CREATE SCHEMA load;

        -- One file for each 500 of the numbers; a claim's provider and amounts follow from its number.
        CREATE FUNCTION load.store(kind text, round integer, numbers bigint[], is_told boolean) RETURNS xid8 LANGUAGE plpgsql AS $$
        DECLARE
          first_file bigint;
          files      integer := (cardinality(numbers) + 499) / 500;
          told_ids   bigint[];
        BEGIN
          SELECT min(id), array_agg(id) INTO first_file, told_ids
          FROM (SELECT claims.first_file_id(claims.file_month()) + nextval('claims.claim_file_id') AS id FROM generate_series(1, files)) f;

          CREATE TEMP TABLE stored ON COMMIT DROP AS
          SELECT first_file + (place - 1) / 500 AS file_id, ((place - 1) % 500 + 1)::integer AS claim_no, n, 'DHA-F-' || lpad((n / 500 % 100)::text, 7, '0') AS provider_id, 'C' || n AS claim_id,
                 100 + n % 900 + n % 100 / 100.0 AS net, n / 7 % 20 AS result
          FROM unnest(numbers) WITH ORDINALITY u (n, place);

          INSERT INTO claims.claim_file (id, facility_id, external_id, name, kind, status, claim_count, activity_count, sender_id, receiver_id, transaction_date, content_hash, byte_count, received_at)
          SELECT file_id, min(provider_id), file_id::text, file_id || '.xml', CASE store.kind WHEN 'remittance' THEN 'remittance' ELSE 'submission' END, 'stored', count(*), 2 * count(*), 'S', 'R',
                 timestamptz '2026-01-01' + (min(n) % 90) * interval '1 day' + round * interval '1 hour' + CASE store.kind WHEN 'remittance' THEN interval '100 days' ELSE interval '0' END,
                 sha256(file_id::text::bytea), 1, now()
          FROM stored GROUP BY file_id;

          IF kind = 'remittance' THEN
            INSERT INTO claims.remittance_claim (file_id, claim_no, provider_id, claim_id, id_payer, payment_reference, date_settlement)
            SELECT file_id, claim_no, provider_id, claim_id, 'P' || n, 'PAY' || round, timestamptz '2026-04-15' + round * interval '1 hour' FROM stored;
            INSERT INTO claims.remittance_activity (file_id, claim_no, line_no, activity_id, net, payment_amount, denial_code)
            SELECT file_id, claim_no, line, 'A' || line, net / 2, CASE WHEN (result + round) % 20 = 0 THEN 0 WHEN (result + round) % 20 < 4 THEN net / 4 WHEN round > 0 THEN -net / 8 ELSE net / 2 END,
                   CASE WHEN (result + round) % 20 = 0 THEN 'MNEC-003' END
            FROM stored, generate_series(1, 2) line;
          ELSE
            INSERT INTO claims.claim (file_id, claim_no, provider_id, claim_id, payer_id, gross, patient_share, net, encounter_start, is_marked_resubmission, resubmission_type)
            SELECT file_id, claim_no, provider_id, claim_id, CASE WHEN n % 50 = 0 THEN 'Self-Paid' ELSE 'INS' || lpad((n % 20)::text, 3, '0') END, net, 0, net + round, now(), kind = 'correction',
                   CASE kind WHEN 'correction' THEN 'correction' END
            FROM stored;
            INSERT INTO claims.activity (file_id, claim_no, line_no, activity_id, start_at, code, quantity, net)
            SELECT file_id, claim_no, line, 'A' || line, now(), '99213', 1, (net + round) / 2 FROM stored, generate_series(1, 2) line;
          END IF;

          IF is_told THEN
            INSERT INTO claims.view_change (rows, remittance_rows, file_ids)
            VALUES (cardinality(numbers), CASE kind WHEN 'remittance' THEN cardinality(numbers) ELSE 0 END, told_ids);
          END IF;
          DROP TABLE stored;
          RETURN pg_current_xact_id();
        END
        $$;
        """);

    /// <summary>Adds claims that no change tells of, until there are so many.</summary>
    public async Task FillAsync(long claims, CancellationToken cancellationToken)
    {
        for (; Count < claims; Count += Math.Min(PerStatement, claims - Count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long last = Count + Math.Min(PerStatement, claims - Count);
            await database.ExecuteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT load.store('submission', 0, array_agg(n), false) FROM generate_series({Count + 1}, {last}) n;
                SELECT load.store('remittance', 0, array_agg(n), false) FROM generate_series({Count + 1}, {last}) n WHERE n % 10 < 7
                """), cancellationToken);
        }

        await database.ExecuteAsync("VACUUM (ANALYZE)", cancellationToken);
    }

    /// <summary>Changes claims, a file in each transaction: of ten files four are new claims, five are further remittances and one is resubmissions of claims that are there.</summary>
    /// <param name="claims">How many.</param>
    /// <param name="committed">Is told the number of each transaction when it is committed.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    public async Task ChangeAsync(int claims, Func<string, Task>? committed = null, CancellationToken cancellationToken = default)
    {
        _round++;
        for (int file = 0; file * PerFile < claims; file++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(PerFile, claims - (file * PerFile));
            string kind = (file % 10) switch { < 4 => "submission", < 9 => "remittance", _ => "correction" };
            string numbers = kind == "submission" ? string.Create(CultureInfo.InvariantCulture, $"SELECT array_agg(n) FROM generate_series({Count + 1}, {Count + count}) n") : Known(count, (_round * 1000) + file);
            string transaction = await database.ScalarAsync<string>($"SELECT load.store('{kind}', {(kind == "submission" ? 0 : _round)}, ({numbers}), true)::text");
            if (kind == "submission") Count += count;
            if (committed is not null) await committed(transaction);
        }
    }

    /// <summary>The numbers of claims that are there, as many or a few less.</summary>
    private string Known(int count, int seed)
    {
        string hash = string.Create(CultureInfo.InvariantCulture, $"abs(hashint8extended(g, {seed}))");
        if (isScattered) return string.Create(CultureInfo.InvariantCulture, $"SELECT array_agg(n) FROM (SELECT DISTINCT 1 + {hash} % {Count} AS n FROM generate_series(1, {count}) g) n");

        // A provider's submissions lie as many files apart as there are providers.
        var random = new Random(seed);
        long files = Count / PerFile, rounds = Math.Max(1, files / Providers), first = random.NextInt64(Math.Max(1, rounds - FilesOfAnAnswer + 1)), provider = random.NextInt64(Math.Min(Providers, Math.Max(1, files)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT array_agg(n) FROM (
              SELECT DISTINCT {PerFile} * ({provider} + {Providers} * ({first} + g % {Math.Min(FilesOfAnAnswer, rounds)})) + {hash} % {PerFile} AS n FROM generate_series(1, {count}) g
            ) n WHERE n BETWEEN 1 AND {Count}
            """);
    }
}
