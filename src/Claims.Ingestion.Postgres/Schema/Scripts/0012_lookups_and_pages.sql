-- The plan of a look-up names every month of five tables, and the server throws it away whenever one of them is analyzed: while much is stored, every minute and for each of them. Then each session
-- plans anew at the same moment, some 10 ms of processor time each, and everybody waits. So the months are read by functions of one table each, whose plans are small, and what is made of
-- their rows has a plan without months that nothing throws away.

-- The rows of one claim. Those of its files and activities are found by the functions that the summaries use.
DO $$
DECLARE
  of_table text;
BEGIN
  FOREACH of_table IN ARRAY '{claim,remittance_claim}'::text[] LOOP
    EXECUTE format(
      'CREATE FUNCTION claims.%I(of_provider text, of_claim text) RETURNS SETOF claims.%I STABLE ROWS 2 LANGUAGE plpgsql '
      'SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off AS %L',
      of_table || '_rows_of', of_table,
      format(E'BEGIN\nRETURN QUERY SELECT * FROM claims.%I t WHERE t.provider_id = of_provider AND t.claim_id = of_claim;\nEND', of_table));
  END LOOP;
END
$$;

-- What became of every claim, step by step.
CREATE VIEW claims.claim_history AS
SELECT e.provider_id, e.claim_id, e.event_no, e.version, e.is_submission, e.is_marked_resubmission, e.resubmission_type, e.transaction_date, f.facility_id, f.external_id,
       CASE WHEN e.is_submission THEN c.net ELSE p.paid END AS amount, r.payment_reference, r.denial_code
FROM claims.claim_event e
JOIN claims.claim_file f ON f.id = e.file_id
LEFT JOIN claims.claim c ON e.is_submission AND c.file_id = e.file_id AND c.claim_no = e.claim_no
LEFT JOIN claims.remittance_claim r ON NOT e.is_submission AND r.file_id = e.file_id AND r.claim_no = e.claim_no
LEFT JOIN LATERAL (
  SELECT sum(a.payment_amount) AS paid FROM claims.remittance_activity a WHERE NOT e.is_submission AND a.file_id = e.file_id AND a.claim_no = e.claim_no
) p ON true;

-- claim_of has all of a claim in one answer, from one reading of its rows. The functions are made from the views, so that there is one definition: each view beneath becomes a WITH query, over the claim's rows in place of the tables. A script that changes those
-- views must do this again.
DO $$
DECLARE
  of_views text[];
  name     text;
  result   text;
  answer   text;
  withs    text;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog', true);
  FOR of_views, name, result, answer IN VALUES
    ('{claim_event}'::text[], 'events_of', 'SETOF claims.claim_event', 'SELECT * FROM claim_event'),
    ('{claim_history}', 'history_of', 'SETOF claims.claim_history', 'SELECT * FROM claim_history'),
    ('{claim_balance}', 'balance_of', 'SETOF claims.claim_balance', 'SELECT * FROM claim_balance'),
    ('{activity_state}', 'activities_of', 'SETOF claims.activity_state', 'SELECT * FROM activity_state'),
    ('{claim_balance,activity_state,claim_history}', 'claim_of', 'TABLE (balance claims.claim_balance, activities json, history json)',
     'SELECT ROW(b.*)::claims.claim_balance, coalesce((SELECT json_agg(a ORDER BY a.activity_id) FROM activity_state a), ''[]''), coalesce((SELECT json_agg(h ORDER BY h.event_no) FROM claim_history h), ''[]'') FROM claim_balance b')
  LOOP
    WITH RECURSIVE beneath (oid, depth) AS (
      SELECT format('claims.%I', v)::regclass::oid, 0 FROM unnest(of_views) v
      UNION
      SELECT d.refobjid, b.depth + 1
      FROM beneath b
      JOIN pg_rewrite r ON r.ev_class = b.oid
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> b.oid
      JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'v'
    ), views AS (
      SELECT c.relname, rtrim(pg_get_viewdef(c.oid), '; ') AS definition, v.depth
      FROM (SELECT oid, max(depth) AS depth FROM beneath GROUP BY oid) v JOIN pg_class c ON c.oid = v.oid
    )
    SELECT string_agg(
             format('%I AS (%s)', relname, regexp_replace(
               definition, '\mclaims\.(claim|claim_file|activity|remittance_claim|remittance_activity|' || (SELECT string_agg(relname, '|') FROM views) || ')\M', '\1', 'g')),
             E',\n' ORDER BY depth DESC)
    INTO withs FROM views;

    EXECUTE format(
      'CREATE OR REPLACE FUNCTION claims.%I(of_provider text, of_claim text) RETURNS %s STABLE ROWS 5 LANGUAGE plpgsql '
      'SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_hashjoin = off SET enable_mergejoin = off AS %L',
      name, result,
      format(
        E'#variable_conflict use_column\nBEGIN\nRETURN QUERY WITH\n'
        'claim AS MATERIALIZED (SELECT * FROM claims.claim_rows_of(of_provider, of_claim)),\n'
        'remittance_claim AS MATERIALIZED (SELECT * FROM claims.remittance_claim_rows_of(of_provider, of_claim)),\n'
        'claim_file AS MATERIALIZED (SELECT * FROM claims.claim_file_rows(ARRAY(SELECT file_id FROM claim UNION SELECT file_id FROM remittance_claim))),\n'
        'activity AS MATERIALIZED (SELECT a.* FROM (SELECT array_agg(file_id) AS files, array_agg(claim_no) AS claims FROM claim) c, claims.activity_rows(c.files, c.claims) a),\n'
        'remittance_activity AS MATERIALIZED (SELECT a.* FROM (SELECT array_agg(file_id) AS files, array_agg(claim_no) AS claims FROM remittance_claim) c, claims.remittance_activity_rows(c.files, c.claims) a),\n'
        '%s\n%s;\nEND', withs, answer));
  END LOOP;
END
$$;

-- A month is analyzed when it has grown by half, not by a tenth: its rows are alike, and each analysis costs everybody a plan.
CREATE OR REPLACE FUNCTION claims.set_storage(partition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'ALTER TABLE claims.%I SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000, autovacuum_freeze_min_age = 0, '
    'autovacuum_analyze_threshold = 10000, autovacuum_analyze_scale_factor = 0.5)', partition);
END
$$;

SELECT claims.set_storage(partition) FROM claims.month_partition;

-- Pages of remitted claims must not look through those that wait for their remittance, which are many while much is stored.
CREATE INDEX claim_summary_facility_remitted ON claims.claim_summary (facility_id, provider_id, claim_id) WHERE remittance_count > 0;
CREATE INDEX claim_summary_payer_remitted ON claims.claim_summary (payer_id, provider_id, claim_id) WHERE remittance_count > 0;
