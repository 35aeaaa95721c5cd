using System.Globalization;
using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>How fresh a report is, as one snapshot of one server sees it.</summary>
/// <param name="Version">It changes when rows of the report may have changed.</param>
/// <param name="AsOf">What was committed before is shown.</param>
/// <param name="LedgerPosition">What files up to this id changed is shown.</param>
/// <param name="WaitingClaims">Stored claims that are not shown yet.</param>
/// <param name="Today">The day in Dubai.</param>
/// <param name="Origin">Tells databases and their histories apart, whose versions may be the same: another database behind the same cache, or this one after a failover that lost commits.</param>
internal sealed record ReportState(string Version, DateTimeOffset AsOf, long LedgerPosition, long WaitingClaims, DateOnly Today, string Origin)
{
    /// <summary>A replica shows nothing that was committed after the last transaction that it has replayed, whatever the clock says; since its start, if there was none, it has what was in the checkpoint that it started from.</summary>
    public const string Sql =
        """
        SELECT version,
               CASE WHEN pg_is_in_recovery() THEN least(as_of, coalesce(pg_last_xact_replay_timestamp(), c.checkpoint_time)) ELSE as_of END AS as_of,
               ledger_position,
               waiting_claims::bigint AS waiting_claims,
               (now() AT TIME ZONE 'Asia/Dubai')::date AS today,
               format('%s.%s.%s', s.system_identifier, d.oid, c.timeline_id) AS origin
        FROM claims.report_state, pg_control_system() s, pg_control_checkpoint() c, pg_database d
        WHERE view_name = $1 AND d.datname = current_database()
        """;

    public static ReportState Read(NpgsqlDataReader reader) => new(
        reader.Text("version")!,
        reader.Number<DateTimeOffset>("as_of"),
        reader.Number<long>("ledger_position"),
        reader.Number<long>("waiting_claims"),
        reader.Number<DateOnly>("today"),
        reader.Text("origin")!);

    /// <summary>Says it in headers, which a 304 and a CSV file have too.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers[ReportHeaders.Version] = Version;
        headers[ReportHeaders.AsOf] = AsOf.ToString("O", CultureInfo.InvariantCulture);
        headers[ReportHeaders.LedgerPosition] = LedgerPosition.ToString(CultureInfo.InvariantCulture);
        headers[ReportHeaders.WaitingClaims] = WaitingClaims.ToString(CultureInfo.InvariantCulture);
    }
}
