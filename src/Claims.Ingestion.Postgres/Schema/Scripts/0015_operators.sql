-- What operators asked for and what came of it. No outcome and no error: it still runs, or its host died.
CREATE TABLE claims.operator_action (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT now(),
  by_whom  text NOT NULL,
  action   text NOT NULL,
  target   text NOT NULL,
  outcome  text,
  error    text,
  ended_at timestamptz,
  host     text NOT NULL
);

-- Operators look files up among millions. These are paid once for each file, not for each claim: some 0.8 kB of write-ahead log where the rows of ten claims are 15 kB; those of files that were put aside only by them.
CREATE INDEX claim_file_by_facility ON claims.claim_file (facility_id, id);
CREATE INDEX claim_file_by_external_id ON claims.claim_file (lower(external_id) text_pattern_ops);
CREATE INDEX claim_file_by_name ON claims.claim_file (lower(name) text_pattern_ops);
CREATE INDEX claim_file_put_aside ON claims.claim_file (status, id) WHERE status <> 'stored';
CREATE INDEX claim_file_put_aside_by_facility ON claims.claim_file (facility_id, status, id) WHERE status <> 'stored';
