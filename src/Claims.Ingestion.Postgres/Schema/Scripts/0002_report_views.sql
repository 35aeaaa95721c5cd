-- A claim is (provider_id, claim_id). Everything below is a pure function of its history, whatever the order of arrival: the
-- submissions and remittances that name it, ordered by the header's transaction date, the external file id, the place in the file.

-- Each submission and remittance of each claim, in order.
CREATE VIEW claims.claim_event AS
SELECT provider_id, claim_id, file_id, claim_no, is_submission, is_marked_resubmission, resubmission_type, transaction_date, sender_id,
       row_number() OVER history AS event_no,
       count(*) FILTER (WHERE is_submission) OVER history AS version
FROM (
  SELECT c.provider_id, c.claim_id, c.file_id, c.claim_no, true AS is_submission, c.is_marked_resubmission, c.resubmission_type,
         f.transaction_date, f.external_id, f.facility_id, f.sender_id
  FROM claims.claim c JOIN claims.claim_file f ON f.id = c.file_id
  UNION ALL
  SELECT r.provider_id, r.claim_id, r.file_id, r.claim_no, false, false, NULL,
         f.transaction_date, f.external_id, f.facility_id, f.sender_id
  FROM claims.remittance_claim r JOIN claims.claim_file f ON f.id = r.file_id
) e
WINDOW history AS (
  PARTITION BY provider_id, claim_id ORDER BY transaction_date, external_id, facility_id, claim_no ROWS UNBOUNDED PRECEDING);

-- The submissions of each claim. A complaint or a reconciliation re-asserts the activities that it names; any other version
-- replaces all of them, and so does the first one known.
CREATE VIEW claims.claim_version AS
SELECT provider_id, claim_id, version, event_no, file_id, claim_no, transaction_date,
       version > 1 OR is_marked_resubmission AS is_resubmission,
       version = 1 OR coalesce(lower(resubmission_type), '') NOT IN ('internal complaint', 'reconciliation') AS replaces
FROM claims.claim_event
WHERE is_submission;

-- What the submissions of a claim say together: one row a submitted claim.
CREATE VIEW claims.claim_submitted AS
SELECT h.provider_id, h.claim_id, h.base_version, h.first_submitted_at, h.resubmission_count, h.last_resubmission_date, h.last_resubmission_event,
       first.net AS initial_net,
       base.net AS current_net,
       base.payer_id,
       coalesce(base.encounter_facility_id, base.provider_id) AS facility_id,
       base.encounter_start
FROM (
  SELECT provider_id, claim_id,
         max(version) FILTER (WHERE replaces) AS base_version,
         min(transaction_date) AS first_submitted_at,
         count(*) FILTER (WHERE is_resubmission) AS resubmission_count,
         max(transaction_date) FILTER (WHERE is_resubmission) AS last_resubmission_date,
         coalesce(max(event_no) FILTER (WHERE is_resubmission), 0) AS last_resubmission_event,
         (array_agg(file_id ORDER BY version))[1] AS first_file_id,
         (array_agg(claim_no ORDER BY version))[1] AS first_claim_no,
         (array_agg(file_id ORDER BY version DESC) FILTER (WHERE replaces))[1] AS base_file_id,
         (array_agg(claim_no ORDER BY version DESC) FILTER (WHERE replaces))[1] AS base_claim_no
  FROM claims.claim_version
  GROUP BY provider_id, claim_id
) h
JOIN claims.claim first ON first.file_id = h.first_file_id AND first.claim_no = h.first_claim_no
JOIN claims.claim base ON base.file_id = h.base_file_id AND base.claim_no = h.base_claim_no;

-- The activities of the current version. Lines with the same id are one activity.
CREATE VIEW claims.current_activity AS
SELECT provider_id, claim_id, activity_id, sum(net) AS submitted
FROM (
  SELECT v.provider_id, v.claim_id, a.activity_id, a.net,
         rank() OVER (PARTITION BY v.provider_id, v.claim_id, a.activity_id ORDER BY v.version DESC) AS age
  FROM claims.claim_version v
  JOIN claims.claim_submitted s ON s.provider_id = v.provider_id AND s.claim_id = v.claim_id
  JOIN claims.activity a ON a.file_id = v.file_id AND a.claim_no = v.claim_no
  WHERE v.version >= s.base_version
) named
WHERE age = 1
GROUP BY provider_id, claim_id, activity_id;

-- The remittance blocks of each claim, with what they settle and whether they deny the whole claim.
CREATE VIEW claims.remittance_event AS
SELECT e.provider_id, e.claim_id, e.event_no, e.file_id, e.claim_no, e.sender_id, r.id_payer, r.payment_reference, r.denial_code,
       r.facility_id, coalesce(r.date_settlement, e.transaction_date) AS settled_at
FROM claims.claim_event e
JOIN claims.remittance_claim r ON r.file_id = e.file_id AND r.claim_no = e.claim_no
WHERE NOT e.is_submission;

-- What the remittances of a claim say of each activity id. The latest block that names the activity, or denies the whole claim,
-- says whether it stands denied.
CREATE VIEW claims.remitted_activity AS
SELECT l.provider_id, l.claim_id, l.activity_id, l.net_paid, l.taken_back, l.remitted,
       coalesce(d.last_denial_event, 0) > l.last_event OR l.last_is_denied AS is_denied_last
FROM (
  SELECT e.provider_id, e.claim_id, a.activity_id,
         sum(a.payment_amount) AS net_paid,
         coalesce(-sum(a.payment_amount) FILTER (WHERE a.payment_amount < 0), 0) AS taken_back,
         (array_agg(a.net ORDER BY e.event_no DESC, a.line_no DESC))[1] AS remitted,
         max(e.event_no) AS last_event,
         (array_agg(coalesce(a.denial_code, e.denial_code) IS NOT NULL ORDER BY e.event_no DESC, a.line_no DESC))[1] AS last_is_denied
  FROM claims.remittance_event e
  JOIN claims.remittance_activity a ON a.file_id = e.file_id AND a.claim_no = e.claim_no
  GROUP BY e.provider_id, e.claim_id, a.activity_id
) l
LEFT JOIN (
  SELECT provider_id, claim_id, max(event_no) AS last_denial_event
  FROM claims.remittance_event
  WHERE denial_code IS NOT NULL
  GROUP BY provider_id, claim_id
) d ON d.provider_id = l.provider_id AND d.claim_id = l.claim_id;

-- The state of each activity of each submitted claim's current version.
CREATE VIEW claims.activity_state AS
SELECT provider_id, claim_id, activity_id, submitted, net_paid, taken_back,
       CASE WHEN is_denied THEN submitted ELSE 0 END AS denied_amount,
       CASE
         WHEN taken_back > 0 AND net_paid <= 0 THEN 'TAKEN_BACK'
         WHEN taken_back > 0 AND net_paid < submitted THEN 'PARTIALLY_TAKEN_BACK'
         WHEN net_paid >= submitted - 0.005 AND submitted > 0 THEN 'FULLY_PAID'
         WHEN net_paid > 0 THEN 'PARTIALLY_PAID'
         WHEN is_denied THEN 'REJECTED'
         ELSE 'PENDING'
       END AS status
FROM (
  SELECT c.provider_id, c.claim_id, c.activity_id, c.submitted,
         coalesce(r.net_paid, 0) AS net_paid,
         coalesce(r.taken_back, 0) AS taken_back,
         coalesce(r.net_paid, 0) <= 0 AND coalesce(r.is_denied_last, d.is_denied, false) AS is_denied
  FROM claims.current_activity c
  LEFT JOIN claims.remitted_activity r
    ON r.provider_id = c.provider_id AND r.claim_id = c.claim_id AND r.activity_id = c.activity_id
  LEFT JOIN (
    SELECT provider_id, claim_id, true AS is_denied
    FROM claims.remittance_event
    WHERE denial_code IS NOT NULL
    GROUP BY provider_id, claim_id
  ) d ON d.provider_id = c.provider_id AND d.claim_id = c.claim_id
) a;

-- What the remittances of a claim say together: one row a remitted claim.
CREATE VIEW claims.claim_remitted AS
SELECT e.provider_id, e.claim_id, e.remittance_count, e.first_remittance_date, e.last_remittance_date, e.last_event,
       e.last_sender_id, e.last_id_payer, e.last_payment_reference, e.last_facility_id, e.last_denies_claim,
       a.total_payment, a.total_taken_back, a.activity_count, a.total_remitted, a.denied_count, a.denied_amount, a.all_denied, c.denial_codes
FROM (
  SELECT provider_id, claim_id,
         count(*) AS remittance_count,
         min(settled_at) AS first_remittance_date,
         max(settled_at) AS last_remittance_date,
         max(event_no) AS last_event,
         (array_agg(sender_id ORDER BY event_no DESC))[1] AS last_sender_id,
         (array_agg(id_payer ORDER BY event_no DESC))[1] AS last_id_payer,
         (array_agg(payment_reference ORDER BY event_no DESC))[1] AS last_payment_reference,
         (array_agg(facility_id ORDER BY event_no DESC))[1] AS last_facility_id,
         (array_agg(denial_code IS NOT NULL ORDER BY event_no DESC))[1] AS last_denies_claim
  FROM claims.remittance_event
  GROUP BY provider_id, claim_id
) e
JOIN (
  SELECT provider_id, claim_id,
         sum(net_paid) AS total_payment,
         sum(taken_back) AS total_taken_back,
         count(*) AS activity_count,
         sum(remitted) AS total_remitted,
         count(*) FILTER (WHERE net_paid <= 0 AND is_denied_last) AS denied_count,
         coalesce(sum(remitted) FILTER (WHERE net_paid <= 0 AND is_denied_last), 0) AS denied_amount,
         bool_and(is_denied_last) AS all_denied
  FROM claims.remitted_activity
  GROUP BY provider_id, claim_id
) a ON a.provider_id = e.provider_id AND a.claim_id = e.claim_id
JOIN (
  SELECT provider_id, claim_id, coalesce(array_agg(DISTINCT code ORDER BY code) FILTER (WHERE code IS NOT NULL), '{}') AS denial_codes
  FROM (
    SELECT provider_id, claim_id, denial_code AS code FROM claims.remittance_event
    UNION ALL
    SELECT e.provider_id, e.claim_id, a.denial_code
    FROM claims.remittance_event e
    JOIN claims.remittance_activity a ON a.file_id = e.file_id AND a.claim_no = e.claim_no
  ) codes
  GROUP BY provider_id, claim_id
) c ON c.provider_id = e.provider_id AND c.claim_id = e.claim_id;

-- One row a claim: how much is still open. The keys come first and the rest is joined to them, so that a question about one claim
-- reaches the indexes of the tables beneath.
CREATE VIEW claims.claim_balance AS
SELECT k.provider_id,
       k.claim_id,
       coalesce(s.payer_id, r.last_sender_id) AS payer_id,
       CASE WHEN s.claim_id IS NULL THEN coalesce(r.last_facility_id, r.provider_id) ELSE s.facility_id END AS facility_id,
       s.encounter_start,
       s.first_submitted_at,
       s.initial_net,
       s.current_net,
       coalesce(r.total_payment, 0) AS total_payment,
       coalesce(r.total_taken_back, 0) AS total_taken_back,
       coalesce(a.total_denied, 0) AS total_denied,
       s.current_net - coalesce(r.total_payment, 0) - coalesce(a.total_denied, 0) AS pending_amount,
       coalesce(r.remittance_count, 0) AS remittance_count,
       r.first_remittance_date,
       r.last_remittance_date,
       coalesce(s.resubmission_count, 0) AS resubmission_count,
       s.last_resubmission_date,
       CASE
         WHEN s.claim_id IS NULL THEN 'REMITTED_ONLY'
         WHEN s.last_resubmission_event > coalesce(r.last_event, 0) THEN 'RESUBMITTED'
         WHEN r.claim_id IS NULL THEN 'SUBMITTED'
         WHEN r.total_taken_back > 0 AND r.total_payment <= 0 THEN 'TAKEN_BACK'
         WHEN r.total_payment >= s.current_net - 0.005 AND s.current_net > 0 THEN 'PAID'
         WHEN r.total_payment > 0 THEN 'PARTIALLY_PAID'
         WHEN r.total_payment = 0 AND (r.all_denied OR r.last_denies_claim) THEN 'REJECTED'
         ELSE 'UNKNOWN'
       END AS status
FROM (SELECT provider_id, claim_id FROM claims.claim_event GROUP BY provider_id, claim_id) k
LEFT JOIN claims.claim_submitted s ON s.provider_id = k.provider_id AND s.claim_id = k.claim_id
LEFT JOIN claims.claim_remitted r ON r.provider_id = k.provider_id AND r.claim_id = k.claim_id
LEFT JOIN (
  SELECT provider_id, claim_id, sum(denied_amount) AS total_denied
  FROM claims.activity_state
  GROUP BY provider_id, claim_id
) a ON a.provider_id = k.provider_id AND a.claim_id = k.claim_id;

CREATE MATERIALIZED VIEW claims.mv_balance_amount_summary AS
SELECT * FROM claims.claim_balance;

CREATE UNIQUE INDEX mv_balance_amount_summary_key ON claims.mv_balance_amount_summary (provider_id, claim_id);
CREATE INDEX mv_balance_amount_summary_facility ON claims.mv_balance_amount_summary (facility_id, provider_id, claim_id);
CREATE INDEX mv_balance_amount_summary_payer ON claims.mv_balance_amount_summary (payer_id, provider_id, claim_id);

-- One row a claim that has a remittance: what the payer did.
CREATE MATERIALIZED VIEW claims.mv_remittance_advice_summary AS
SELECT r.provider_id, r.claim_id,
       coalesce(s.payer_id, r.last_sender_id) AS payer_id,
       CASE WHEN s.claim_id IS NULL THEN coalesce(r.last_facility_id, r.provider_id) ELSE s.facility_id END AS facility_id,
       r.last_id_payer AS id_payer,
       r.last_payment_reference AS payment_reference,
       r.first_remittance_date AS first_settlement_date,
       r.last_remittance_date AS last_settlement_date,
       r.activity_count, r.total_remitted, r.total_payment, r.total_taken_back, r.denied_count, r.denied_amount, r.denial_codes, r.remittance_count,
       CASE WHEN r.total_remitted = 0 THEN 0 ELSE round(r.total_payment / r.total_remitted * 100, 2) END AS collection_rate,
       CASE
         WHEN r.denied_count > 0 THEN 'Has Denials'
         WHEN r.total_payment >= r.total_remitted THEN 'Fully Paid'
         WHEN r.total_payment > 0 THEN 'Partially Paid'
         ELSE 'No Payment'
       END AS payment_status
FROM claims.claim_remitted r
LEFT JOIN claims.claim_submitted s ON s.provider_id = r.provider_id AND s.claim_id = r.claim_id;

CREATE UNIQUE INDEX mv_remittance_advice_summary_key ON claims.mv_remittance_advice_summary (provider_id, claim_id);
CREATE INDEX mv_remittance_advice_summary_facility ON claims.mv_remittance_advice_summary (facility_id, provider_id, claim_id);
CREATE INDEX mv_remittance_advice_summary_payer ON claims.mv_remittance_advice_summary (payer_id, provider_id, claim_id);

-- One row for each payer, facility and month of first submission: who pays how well.
CREATE MATERIALIZED VIEW claims.mv_claim_summary_payerwise AS
SELECT payer_id, facility_id, month, claim_count, billed_amount, remitted_claim_count, paid_amount, denied_amount, pending_amount, taken_back_amount,
       paid_activity_count, partially_paid_activity_count, rejected_activity_count, taken_back_activity_count,
       partially_taken_back_activity_count, pending_activity_count, self_pay_count, self_pay_amount,
       CASE WHEN billed_amount = 0 THEN 0 ELSE round(denied_amount / billed_amount * 100, 2) END AS rejected_pct_of_billed,
       CASE WHEN paid_amount + denied_amount = 0 THEN 0 ELSE round(denied_amount / (paid_amount + denied_amount) * 100, 2) END AS rejected_pct_of_answered,
       CASE WHEN billed_amount = 0 THEN 0 ELSE round(paid_amount / billed_amount * 100, 2) END AS collection_rate
FROM (
  SELECT b.payer_id, b.facility_id,
         date_trunc('month', b.first_submitted_at AT TIME ZONE 'Asia/Dubai')::date AS month,
         count(*) AS claim_count,
         sum(b.current_net) AS billed_amount,
         count(*) FILTER (WHERE b.remittance_count > 0) AS remitted_claim_count,
         sum(b.total_payment) AS paid_amount,
         sum(b.total_denied) AS denied_amount,
         sum(b.pending_amount) AS pending_amount,
         sum(b.total_taken_back) AS taken_back_amount,
         coalesce(sum(a.paid), 0)::bigint AS paid_activity_count,
         coalesce(sum(a.partially_paid), 0)::bigint AS partially_paid_activity_count,
         coalesce(sum(a.rejected), 0)::bigint AS rejected_activity_count,
         coalesce(sum(a.taken_back), 0)::bigint AS taken_back_activity_count,
         coalesce(sum(a.partially_taken_back), 0)::bigint AS partially_taken_back_activity_count,
         coalesce(sum(a.pending), 0)::bigint AS pending_activity_count,
         count(*) FILTER (WHERE b.payer_id = 'Self-Paid') AS self_pay_count,
         coalesce(sum(b.current_net) FILTER (WHERE b.payer_id = 'Self-Paid'), 0) AS self_pay_amount
  FROM claims.claim_balance b
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
  ) a ON a.provider_id = b.provider_id AND a.claim_id = b.claim_id
  WHERE b.status <> 'REMITTED_ONLY'
  GROUP BY 1, 2, 3
) g;

CREATE UNIQUE INDEX mv_claim_summary_payerwise_key ON claims.mv_claim_summary_payerwise (payer_id, facility_id, month);

-- Changes counted in the transaction that made them. A refresh covers those that its snapshot sees.
CREATE TABLE claims.view_change (
  xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at      timestamptz NOT NULL DEFAULT now(),
  rows    integer NOT NULL
);

CREATE TABLE claims.view_state (
  view_name    text PRIMARY KEY,
  refreshed_at timestamptz,
  snapshot     pg_snapshot,
  duration     interval
);

INSERT INTO claims.view_state (view_name)
VALUES ('mv_balance_amount_summary'), ('mv_remittance_advice_summary'), ('mv_claim_summary_payerwise');

-- What was decided for each view, and why. Repeated decisions to skip count up in one row.
CREATE TABLE claims.view_decision (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  view_name    text NOT NULL,
  decision     text NOT NULL CHECK (decision IN ('refreshed', 'skipped', 'failed')),
  reason       text NOT NULL,
  changed_rows bigint NOT NULL,
  times        integer NOT NULL DEFAULT 1,
  duration     interval,
  first_at     timestamptz NOT NULL DEFAULT now(),
  decided_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX view_decision_by_view ON claims.view_decision (view_name, id DESC);
