namespace Claims.Ingestion.Postgres.Views;

/// <summary>SQL on <c>claims.view_change</c>, in which each transaction that stores claims counts them.</summary>
internal static class ViewChanges
{
    /// <summary>
    /// Whether it is known which changes a view or summary <c>s</c> shows: its snapshot is not from beyond the server's present, as after a dump is restored, and not from a time whose changes are forgotten. NULL
    /// when it shows nothing yet.
    /// </summary>
    public const string IsKnown = "(pg_snapshot_xmax(s.snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AND s.refreshed_at > now() - interval '6 days')";

    /// <summary>Forgets the changes that everything shows. Of what has not been refreshed for a week nobody knows whether it will ever be.</summary>
    public const string Forget =
        """
        DELETE FROM claims.view_change c
        WHERE c.at < now() - interval '7 days'
           OR NOT EXISTS (SELECT FROM claims.view_state s WHERE coalesce(NOT pg_visible_in_snapshot(c.xid, s.snapshot), s.mode = 'materialized'))
          AND NOT EXISTS (SELECT FROM claims.summary_state s WHERE s.snapshot IS NULL OR NOT pg_visible_in_snapshot(c.xid, s.snapshot))
        """;
}
