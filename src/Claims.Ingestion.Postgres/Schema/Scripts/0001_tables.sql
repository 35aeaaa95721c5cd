-- Rows of claim files are only ever added. A child row is found by its file and its place in it, so a file costs one number
-- from a sequence and no key is read back. Identifiers compare by byte (COLLATE "C"): cheap, and the same on every server.

CREATE SEQUENCE claims.claim_file_id AS bigint;

-- The ledger: every claim file ever seen and its fate.
CREATE TABLE claims.claim_file (
  id               bigint PRIMARY KEY,
  facility_id      text COLLATE "C" NOT NULL,
  external_id      text COLLATE "C" NOT NULL,
  name             text NOT NULL,
  kind             text CHECK (kind IN ('submission', 'remittance')),
  status           text NOT NULL CHECK (status IN ('stored', 'quarantined', 'skipped')),
  claim_count      integer NOT NULL DEFAULT 0,
  activity_count   integer NOT NULL DEFAULT 0,
  left_out_count   integer NOT NULL DEFAULT 0,
  declared_count   integer,
  error            text,
  warnings         text[] NOT NULL DEFAULT '{}',
  sender_id        text COLLATE "C",
  receiver_id      text COLLATE "C",
  transaction_date timestamptz,
  content_hash     bytea NOT NULL,
  byte_count       bigint NOT NULL,
  received_at      timestamptz NOT NULL,
  stored_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (facility_id, external_id)
);

CREATE UNIQUE INDEX claim_file_content_once ON claims.claim_file (facility_id, content_hash) WHERE status = 'stored';
CREATE INDEX claim_file_stored_at ON claims.claim_file (stored_at DESC, id DESC);

-- The bytes of quarantined files, apart from the ledger, so that the ledger stays small.
CREATE TABLE claims.claim_file_content (
  file_id bigint PRIMARY KEY,
  content bytea NOT NULL
);

CREATE TABLE claims.claim (
  file_id                 bigint NOT NULL,
  claim_no                integer NOT NULL,
  provider_id             text COLLATE "C" NOT NULL,
  claim_id                text COLLATE "C" NOT NULL,
  id_payer                text COLLATE "C",
  member_id               text COLLATE "C",
  payer_id                text COLLATE "C" NOT NULL,
  emirates_id             text COLLATE "C",
  gross                   numeric NOT NULL,
  patient_share           numeric NOT NULL,
  net                     numeric NOT NULL,
  encounter_facility_id   text COLLATE "C",
  encounter_type          text COLLATE "C",
  patient_id              text COLLATE "C",
  encounter_start         timestamptz,
  encounter_end           timestamptz,
  encounter_start_type    text COLLATE "C",
  encounter_end_type      text COLLATE "C",
  transfer_source         text,
  transfer_destination    text,
  package_name            text,
  is_marked_resubmission  boolean NOT NULL,
  resubmission_type       text COLLATE "C",
  resubmission_comment    text,
  resubmission_attachment bytea,
  PRIMARY KEY (file_id, claim_no)
);

CREATE INDEX claim_by_key ON claims.claim (provider_id, claim_id);

CREATE TABLE claims.diagnosis (
  file_id  bigint NOT NULL,
  claim_no integer NOT NULL,
  line_no  integer NOT NULL,
  type     text COLLATE "C",
  code     text COLLATE "C",
  PRIMARY KEY (file_id, claim_no, line_no)
);

CREATE TABLE claims.activity (
  file_id                bigint NOT NULL,
  claim_no               integer NOT NULL,
  line_no                integer NOT NULL,
  activity_id            text COLLATE "C" NOT NULL,
  start_at               timestamptz NOT NULL,
  type                   text COLLATE "C",
  code                   text COLLATE "C" NOT NULL,
  quantity               numeric NOT NULL,
  net                    numeric NOT NULL,
  clinician              text COLLATE "C",
  prior_authorization_id text COLLATE "C",
  PRIMARY KEY (file_id, claim_no, line_no)
);

CREATE TABLE claims.observation (
  file_id          bigint NOT NULL,
  claim_no         integer NOT NULL,
  activity_line_no integer NOT NULL,
  line_no          integer NOT NULL,
  type             text COLLATE "C",
  code             text COLLATE "C",
  value            text,
  value_type       text COLLATE "C",
  content          bytea,
  PRIMARY KEY (file_id, claim_no, activity_line_no, line_no)
);

CREATE TABLE claims.remittance_claim (
  file_id           bigint NOT NULL,
  claim_no          integer NOT NULL,
  provider_id       text COLLATE "C" NOT NULL,
  claim_id          text COLLATE "C" NOT NULL,
  id_payer          text COLLATE "C",
  denial_code       text COLLATE "C",
  payment_reference text COLLATE "C",
  date_settlement   timestamptz,
  facility_id       text COLLATE "C",
  comments          text,
  PRIMARY KEY (file_id, claim_no)
);

CREATE INDEX remittance_claim_by_key ON claims.remittance_claim (provider_id, claim_id);

CREATE TABLE claims.remittance_activity (
  file_id                bigint NOT NULL,
  claim_no               integer NOT NULL,
  line_no                integer NOT NULL,
  activity_id            text COLLATE "C" NOT NULL,
  start_at               timestamptz,
  type                   text COLLATE "C",
  code                   text COLLATE "C",
  quantity               numeric,
  net                    numeric NOT NULL,
  list                   numeric,
  clinician              text COLLATE "C",
  prior_authorization_id text COLLATE "C",
  gross                  numeric,
  patient_share          numeric,
  payment_amount         numeric NOT NULL,
  denial_code            text COLLATE "C",
  PRIMARY KEY (file_id, claim_no, line_no)
);

-- Claims left out of stored files, and why.
CREATE TABLE claims.claim_error (
  file_id     bigint NOT NULL,
  claim_no    integer NOT NULL,
  facility_id text COLLATE "C" NOT NULL,
  claim_id    text COLLATE "C",
  line        integer NOT NULL,
  rule        text COLLATE "C" NOT NULL,
  reason      text NOT NULL,
  PRIMARY KEY (file_id, claim_no)
);
