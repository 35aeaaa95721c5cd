-- The reports get two ways of being kept, under the same names: a materialized view, which is recomputed whole, or a summary, an ordinary table in which only
-- the claims that changed are recomputed. Each name becomes a plain view over what is kept; to change the way is to replace that view.

-- Which files changed what, so that a summary finds the claims; NULL: something changed that no files name. How many of the rows are remittances' is for views that read one kind only.
ALTER TABLE claims.view_change ADD COLUMN remittance_rows integer NOT NULL DEFAULT 0, ADD COLUMN file_ids bigint[];

DO $$
DECLARE
  named     text[] := '{mv_balance_amount_summary,mv_remittance_advice_summary,mv_claim_summary_payerwise}';
  strange   text;
  statement text;
BEGIN
  SELECT string_agg(DISTINCT pg_describe_object('pg_class'::regclass, r.ev_class, 0), '; ') INTO strange
  FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  JOIN pg_class c ON c.oid = d.refobjid
  WHERE d.refclassid = 'pg_class'::regclass AND c.relnamespace = 'claims'::regnamespace AND c.relname = ANY(named) AND r.ev_class <> c.oid;
  IF strange IS NOT NULL THEN
    RAISE EXCEPTION 'these stand on report views of the schema claims that are made anew: %', strange
      USING HINT = 'Drop them, migrate, and create them again.';
  END IF;

  -- mv_balance_amount_summary was the materialized view and becomes the plain view over materialized_balance_amount_summary; the indexes follow, the grants stay with the name.
  FOR statement IN
    SELECT s.statement
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT 1 AS part, format('ALTER INDEX claims.%I RENAME TO %I', x.relname, regexp_replace(x.relname, '^mv_', 'materialized_')) AS statement
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND x.relname LIKE 'mv\_%'
      UNION ALL
      SELECT 2, format('ALTER MATERIALIZED VIEW claims.%I RENAME TO %I', c.relname, regexp_replace(c.relname, '^mv_', 'materialized_'))
      UNION ALL
      SELECT 3, format('CREATE VIEW claims.%I AS SELECT * FROM claims.%I', c.relname, regexp_replace(c.relname, '^mv_', 'materialized_'))
      UNION ALL
      SELECT 4, format('ALTER VIEW claims.%I OWNER TO %I', c.relname, pg_get_userbyid(c.relowner)) WHERE pg_get_userbyid(c.relowner) <> current_user
      UNION ALL
      SELECT 5, format('GRANT %s%s ON claims.%I TO %s%s', g.privilege_type, '(' || quote_ident(a.name) || ')', c.relname,
                       CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable AND g.grantee <> 0 THEN ' WITH GRANT OPTION' END)
      FROM (SELECT NULL::name AS name, c.relacl AS acl UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a
      CROSS JOIN LATERAL aclexplode(a.acl) g
    ) s
    WHERE c.relnamespace = 'claims'::regnamespace AND c.relname = ANY(named)
    ORDER BY c.relname, s.part
  LOOP
    EXECUTE statement;
  END LOOP;
END
$$;

-- The day that the filters of the reports compare, and by which pages of days are ordered.
CREATE INDEX materialized_balance_amount_summary_day
  ON claims.materialized_balance_amount_summary (((coalesce(first_submitted_at, first_remittance_date) AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id);
CREATE INDEX materialized_remittance_advice_summary_day ON claims.materialized_remittance_advice_summary (((last_settlement_date AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id);
CREATE INDEX materialized_claim_summary_payerwise_facility ON claims.materialized_claim_summary_payerwise (facility_id, payer_id, month);
CREATE INDEX materialized_claim_summary_payerwise_month ON claims.materialized_claim_summary_payerwise (month, payer_id, facility_id);

-- All that the three reports say of a claim: one row a claim.
CREATE VIEW claims.claim_summary_now AS
SELECT b.*,
       r.last_id_payer AS id_payer,
       r.last_payment_reference AS payment_reference,
       coalesce(r.activity_count, 0) AS remitted_activity_count,
       coalesce(r.total_remitted, 0) AS total_remitted,
       coalesce(r.denied_count, 0) AS denied_count,
       coalesce(r.denied_amount, 0) AS denied_amount,
       coalesce(r.denial_codes, '{}') AS denial_codes,
       coalesce(a.paid, 0) AS paid_activity_count,
       coalesce(a.partially_paid, 0) AS partially_paid_activity_count,
       coalesce(a.rejected, 0) AS rejected_activity_count,
       coalesce(a.taken_back, 0) AS taken_back_activity_count,
       coalesce(a.partially_taken_back, 0) AS partially_taken_back_activity_count,
       coalesce(a.pending, 0) AS pending_activity_count
FROM claims.claim_balance b
LEFT JOIN claims.claim_remitted r ON r.provider_id = b.provider_id AND r.claim_id = b.claim_id
LEFT JOIN (
  SELECT provider_id, claim_id,
         count(*) FILTER (WHERE status = 'FULLY_PAID') AS paid,
         count(*) FILTER (WHERE status = 'PARTIALLY_PAID') AS partially_paid,
         count(*) FILTER (WHERE status = 'REJECTED') AS rejected,
         count(*) FILTER (WHERE status = 'TAKEN_BACK') AS taken_back,
         count(*) FILTER (WHERE status = 'PARTIALLY_TAKEN_BACK') AS partially_taken_back,
         count(*) FILTER (WHERE status = 'PENDING') AS pending
  FROM claims.activity_state
  GROUP BY provider_id, claim_id
) a ON a.provider_id = b.provider_id AND a.claim_id = b.claim_id;

-- The rows of some claims, and what belongs to them, found by their keys. Their plans are kept by the session; a plan that knew the keys would be made anew for each set,
-- over every month.
DO $$
DECLARE
  name      text;
  arguments text;
  of_table  text;
  rows      integer;
  query     text;
BEGIN
  FOR name, arguments, of_table, rows, query IN VALUES
    ('claim_rows', 'providers text[], claim_ids text[]', 'claim', 1500,
     'SELECT t.* FROM unnest(providers, claim_ids) k (provider, id) JOIN claims.claim t ON t.provider_id = k.provider AND t.claim_id = k.id'),
    ('remittance_claim_rows', 'providers text[], claim_ids text[]', 'remittance_claim', 1500,
     'SELECT t.* FROM unnest(providers, claim_ids) k (provider, id) JOIN claims.remittance_claim t ON t.provider_id = k.provider AND t.claim_id = k.id'),
    ('claim_file_rows', 'file_ids bigint[]', 'claim_file', 1000,
     'SELECT t.* FROM unnest(file_ids) k (id) JOIN claims.claim_file t ON t.id = k.id'),
    ('activity_rows', 'file_ids bigint[], claim_nos integer[]', 'activity', 4000,
     'SELECT t.* FROM unnest(file_ids, claim_nos) k (file, claim) JOIN claims.activity t ON t.file_id = k.file AND t.claim_no = k.claim'),
    ('remittance_activity_rows', 'file_ids bigint[], claim_nos integer[]', 'remittance_activity', 4000,
     'SELECT t.* FROM unnest(file_ids, claim_nos) k (file, claim) JOIN claims.remittance_activity t ON t.file_id = k.file AND t.claim_no = k.claim')
  LOOP
    EXECUTE format(
      'CREATE FUNCTION claims.%I(%s) RETURNS SETOF claims.%I STABLE ROWS %s LANGUAGE plpgsql '
      'SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS %L',
      name, arguments, of_table, rows, format(E'#variable_conflict use_column\nBEGIN\nRETURN QUERY %s;\nEND', query));
  END LOOP;
END
$$;

-- claim_summary_now for some claims. It is made from the views, so that there is one definition: each view beneath becomes a WITH query, over the claims' rows in place of
-- the tables. A script that changes those views must do this again.
DO $$
DECLARE
  withs text;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog', true);
  WITH RECURSIVE beneath (oid, depth) AS (
    SELECT 'claims.claim_summary_now'::regclass::oid, 0
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

  -- The WITH queries have no indexes, and the planner's guesses of their rows are low: without a rule it would nest loops over them.
  EXECUTE format(
    'CREATE FUNCTION claims.claim_summaries(providers text[], claim_ids text[]) RETURNS SETOF claims.claim_summary_now STABLE ROWS 1000 LANGUAGE plpgsql '
    'SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_nestloop = off AS %L',
    format(
      E'#variable_conflict use_column\nBEGIN\nRETURN QUERY WITH\n'
      'claim AS MATERIALIZED (SELECT * FROM claims.claim_rows(providers, claim_ids)),\n'
      'remittance_claim AS MATERIALIZED (SELECT * FROM claims.remittance_claim_rows(providers, claim_ids)),\n'
      'claim_file AS MATERIALIZED (SELECT * FROM claims.claim_file_rows(ARRAY(SELECT file_id FROM claim UNION SELECT file_id FROM remittance_claim))),\n'
      'activity AS MATERIALIZED (SELECT a.* FROM (SELECT array_agg(file_id) AS files, array_agg(claim_no) AS claims FROM claim) c, claims.activity_rows(c.files, c.claims) a),\n'
      'remittance_activity AS MATERIALIZED (SELECT a.* FROM (SELECT array_agg(file_id) AS files, array_agg(claim_no) AS claims FROM remittance_claim) c, claims.remittance_activity_rows(c.files, c.claims) a),\n'
      '%s\nSELECT * FROM claim_summary_now;\nEND', withs));
END
$$;

-- The summary, and its roll-up by payer, facility and month of first submission.
CREATE TABLE claims.claim_summary WITH (fillfactor = 90) AS SELECT * FROM claims.claim_summary_now WITH NO DATA;
ALTER TABLE claims.claim_summary ADD PRIMARY KEY (provider_id, claim_id);
CREATE INDEX claim_summary_facility ON claims.claim_summary (facility_id, provider_id, claim_id);
CREATE INDEX claim_summary_payer ON claims.claim_summary (payer_id, provider_id, claim_id);
CREATE INDEX claim_summary_day ON claims.claim_summary (((coalesce(first_submitted_at, first_remittance_date) AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id);
CREATE INDEX claim_summary_settled ON claims.claim_summary (((last_remittance_date AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id) WHERE remittance_count > 0;
CREATE INDEX claim_summary_facility_day ON claims.claim_summary (facility_id, ((coalesce(first_submitted_at, first_remittance_date) AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id);
CREATE INDEX claim_summary_facility_settled ON claims.claim_summary (facility_id, ((last_remittance_date AT TIME ZONE 'Asia/Dubai')::date), provider_id, claim_id) WHERE remittance_count > 0;

CREATE TABLE claims.payerwise_rollup (
  payer_id                            text COLLATE "C" NOT NULL,
  facility_id                         text COLLATE "C" NOT NULL,
  month                               date NOT NULL,
  row_count                           bigint NOT NULL,
  billed_amount                       numeric NOT NULL,
  remitted_claim_count                bigint NOT NULL,
  paid_amount                         numeric NOT NULL,
  denied_amount                       numeric NOT NULL,
  pending_amount                      numeric NOT NULL,
  taken_back_amount                   numeric NOT NULL,
  paid_activity_count                 bigint NOT NULL,
  partially_paid_activity_count       bigint NOT NULL,
  rejected_activity_count             bigint NOT NULL,
  taken_back_activity_count           bigint NOT NULL,
  partially_taken_back_activity_count bigint NOT NULL,
  pending_activity_count              bigint NOT NULL,
  self_pay_count                      bigint NOT NULL,
  self_pay_amount                     numeric NOT NULL,
  PRIMARY KEY (payer_id, facility_id, month)
) WITH (fillfactor = 70);
CREATE INDEX payerwise_rollup_facility ON claims.payerwise_rollup (facility_id, payer_id, month);
CREATE INDEX payerwise_rollup_month ON claims.payerwise_rollup (month, payer_id, facility_id);

-- What a pass over all keys adds up, apart from the roll-up: at its end the two must be the same.
CREATE TABLE claims.payerwise_rollup_audit (LIKE claims.payerwise_rollup INCLUDING ALL EXCLUDING INDEXES, PRIMARY KEY (payer_id, facility_id, month));

-- How far each summary is. The version is none that was there before, also when the summary is made anew. A pass looks at all keys in their order: the first one fills the summary, the later ones are its audit.
CREATE TABLE claims.summary_state (
  summary_name    text PRIMARY KEY,
  definition      text NOT NULL,
  snapshot        pg_snapshot,
  version         bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
  refreshed_at    timestamptz,
  is_complete     boolean NOT NULL DEFAULT false,
  is_sweep        boolean NOT NULL DEFAULT true,
  after_key       text[],
  next_slice_at   timestamptz,
  pass_keys       bigint NOT NULL DEFAULT 0,
  passes          bigint NOT NULL DEFAULT 0,
  key_count       bigint,
  drifted         bigint NOT NULL DEFAULT 0,
  last_drift_at   timestamptz
);

ALTER TABLE claims.view_state
  ADD COLUMN mode text NOT NULL DEFAULT 'materialized' CHECK (mode IN ('materialized', 'incremental')),
  ADD COLUMN summary_name text,
  ADD COLUMN version bigint NOT NULL DEFAULT 0,
  ADD COLUMN relation text,
  ADD COLUMN reads_claims boolean NOT NULL DEFAULT true,
  ADD COLUMN reads_remittances boolean NOT NULL DEFAULT true,
  ADD COLUMN foreign_changes bigint,
  ADD COLUMN row_count bigint,
  ADD COLUMN bytes bigint,
  ADD COLUMN least_bytes_per_row double precision;

UPDATE claims.view_state SET summary_name = 'claim_summary', relation = 'claims.' || regexp_replace(view_name, '^mv_', 'materialized_');

ALTER TABLE claims.view_decision DROP CONSTRAINT view_decision_decision_check;
ALTER TABLE claims.view_decision
  ADD CHECK (decision IN ('refreshed', 'skipped', 'deferred', 'failed', 'switched')),
  ADD COLUMN rows_written bigint,
  ADD COLUMN bytes bigint;

-- Shows a report from what keeps it: its name stays, and so do the grants on it and whatever stands on it. It runs with the rights of its owner, like the making of months.
CREATE FUNCTION claims.show_report(report text, new_mode text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  query text;
BEGIN
  IF new_mode NOT IN ('materialized', 'incremental') OR report NOT IN ('mv_balance_amount_summary', 'mv_remittance_advice_summary', 'mv_claim_summary_payerwise') THEN
    RAISE EXCEPTION 'there is no way % of keeping a report %', new_mode, report;
  END IF;

  query := CASE
    WHEN new_mode = 'materialized' THEN format('SELECT * FROM claims.%I', regexp_replace(report, '^mv_', 'materialized_'))
    WHEN report = 'mv_balance_amount_summary' THEN
      'SELECT provider_id, claim_id, payer_id, facility_id, encounter_start, first_submitted_at, initial_net, current_net, total_payment, total_taken_back, total_denied,
              pending_amount, remittance_count, first_remittance_date, last_remittance_date, resubmission_count, last_resubmission_date, status
       FROM claims.claim_summary'
    WHEN report = 'mv_remittance_advice_summary' THEN
      'SELECT provider_id, claim_id, payer_id, facility_id, id_payer, payment_reference, first_remittance_date AS first_settlement_date, last_remittance_date AS last_settlement_date,
              remitted_activity_count AS activity_count, total_remitted, total_payment, total_taken_back, denied_count, denied_amount, denial_codes, remittance_count,
              CASE WHEN total_remitted = 0 THEN 0 ELSE round(total_payment / total_remitted * 100, 2) END AS collection_rate,
              CASE
                WHEN denied_count > 0 THEN ''Has Denials''
                WHEN total_payment >= total_remitted THEN ''Fully Paid''
                WHEN total_payment > 0 THEN ''Partially Paid''
                ELSE ''No Payment''
              END AS payment_status
       FROM claims.claim_summary
       WHERE remittance_count > 0'
    ELSE
      'SELECT payer_id, facility_id, month, row_count AS claim_count, billed_amount, remitted_claim_count, paid_amount, denied_amount, pending_amount, taken_back_amount,
              paid_activity_count, partially_paid_activity_count, rejected_activity_count, taken_back_activity_count, partially_taken_back_activity_count, pending_activity_count,
              self_pay_count, self_pay_amount,
              CASE WHEN billed_amount = 0 THEN 0 ELSE round(denied_amount / billed_amount * 100, 2) END AS rejected_pct_of_billed,
              CASE WHEN paid_amount + denied_amount = 0 THEN 0 ELSE round(denied_amount / (paid_amount + denied_amount) * 100, 2) END AS rejected_pct_of_answered,
              CASE WHEN billed_amount = 0 THEN 0 ELSE round(paid_amount / billed_amount * 100, 2) END AS collection_rate
       FROM claims.payerwise_rollup
       WHERE row_count > 0'
  END;
  EXECUTE format('CREATE OR REPLACE VIEW claims.%I AS %s', report, query);
  UPDATE claims.view_state SET mode = new_mode WHERE view_name = report;

  -- What nobody reads any more is emptied.
  IF new_mode = 'incremental' THEN
    UPDATE claims.view_state SET snapshot = NULL, refreshed_at = NULL WHERE view_name = report;
    EXECUTE format('REFRESH MATERIALIZED VIEW claims.%I WITH NO DATA', regexp_replace(report, '^mv_', 'materialized_'));
  ELSIF NOT EXISTS (SELECT FROM claims.view_state WHERE mode = 'incremental') THEN
    DELETE FROM claims.summary_state WHERE summary_name = 'claim_summary';
    TRUNCATE claims.claim_summary, claims.payerwise_rollup, claims.payerwise_rollup_audit;
  END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION claims.show_report(text, text) FROM PUBLIC;

-- How fresh each report is: everything that was committed before as_of is shown, up to the file ledger_position. The version changes when rows of the report may have changed.
CREATE VIEW claims.report_state AS
SELECT v.view_name, v.mode,
       left(v.mode, 1) || CASE v.mode WHEN 'incremental' THEN s.version ELSE v.version END AS version,
       CASE v.mode WHEN 'incremental' THEN s.refreshed_at ELSE v.refreshed_at END AS refreshed_at,
       coalesce(w.first_at, now()) AS as_of,
       coalesce(w.first_file_id - 1, (SELECT max(id) FROM claims.claim_file), 0) AS ledger_position,
       coalesce(w.claims, 0) AS waiting_claims
FROM claims.view_state v
LEFT JOIN claims.summary_state s ON s.summary_name = v.summary_name
CROSS JOIN LATERAL (
  SELECT min(c.at) AS first_at,
         sum(CASE WHEN v.reads_claims THEN c.rows - c.remittance_rows ELSE 0 END + CASE WHEN v.reads_remittances THEN c.remittance_rows ELSE 0 END) AS claims,
         min((SELECT min(id) FROM unnest(c.file_ids) f (id))) AS first_file_id
  FROM claims.view_change c
  WHERE coalesce(NOT pg_visible_in_snapshot(c.xid, CASE v.mode WHEN 'incremental' THEN s.snapshot ELSE v.snapshot END), true)
) w;
