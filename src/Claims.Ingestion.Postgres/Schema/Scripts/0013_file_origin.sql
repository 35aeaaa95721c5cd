-- Where a file comes from, so that a figure of a report leads to its host, poll, transaction and trace. Null for files of before. The columns have no
-- default, so that adding them changes no row.
ALTER TABLE claims.claim_file
  ADD COLUMN host     text,
  ADD COLUMN poll_id  uuid,
  ADD COLUMN batch_id uuid,
  ADD COLUMN trace_id text;

COMMENT ON COLUMN claims.claim_file.host IS 'the process that stored it';
COMMENT ON COLUMN claims.claim_file.poll_id IS 'the poll that fetched it, as logs and traces call it';
COMMENT ON COLUMN claims.claim_file.batch_id IS 'the transaction that stored it; the files of one have the same';
COMMENT ON COLUMN claims.claim_file.trace_id IS 'the W3C trace that follows it; null: none is kept';

-- When the last poll of the facility began that succeeded; null: none did since this is kept.
ALTER TABLE claims.facility_state ADD COLUMN last_success_at timestamptz;
