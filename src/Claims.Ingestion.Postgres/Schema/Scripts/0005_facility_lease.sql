-- Which host polls a facility, and until when: rows, not locks of sessions, so that it works behind a pooler and outlives nobody. All times
-- are of this server's clock. A lease is taken FOR UPDATE SKIP LOCKED; a storing transaction holds it FOR KEY SHARE from its last check to its
-- commit, so that no lease passes to another host in between, while its owner may still prolong it.
CREATE TABLE claims.facility_lease (
  facility_id text COLLATE "C" PRIMARY KEY,
  owner       text,
  epoch       bigint NOT NULL DEFAULT 0,
  expires_at  timestamptz,
  slot        timestamptz,
  served_slot timestamptz
) WITH (fillfactor = 50);

COMMENT ON COLUMN claims.facility_lease.owner IS 'the process that polls; null: nobody';
COMMENT ON COLUMN claims.facility_lease.epoch IS 'counts the leases of the facility; every write of a poll carries it';
COMMENT ON COLUMN claims.facility_lease.slot IS 'the slot that was begun last';
COMMENT ON COLUMN claims.facility_lease.served_slot IS 'the slot that was served last';

-- Few rows at a time; prolonging a lease touches no index.
CREATE INDEX facility_lease_unserved ON claims.facility_lease (facility_id) WHERE slot IS DISTINCT FROM served_slot;

-- How each facility's last poll went, for operators, across restarts and hosts.
CREATE TABLE claims.facility_state (
  facility_id          text COLLATE "C" PRIMARY KEY,
  is_paused            boolean NOT NULL DEFAULT false,
  last_slot            timestamptz,
  last_poll_at         timestamptz,
  last_duration        interval,
  last_outcome         text,
  last_error           text,
  consecutive_failures integer NOT NULL DEFAULT 0,
  skipped_slots        integer NOT NULL DEFAULT 0,
  circuit              text,
  next_slot            timestamptz,
  last_files           integer NOT NULL DEFAULT 0,
  last_claims          bigint NOT NULL DEFAULT 0,
  files_24h            integer NOT NULL DEFAULT 0,
  claims_24h           bigint NOT NULL DEFAULT 0,
  volume_profile       bytea,
  host                 text,
  changed_at           timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX facility_state_changed_at ON claims.facility_state (changed_at);

-- What each facility brought, by the hour; hours older than two days are removed.
CREATE TABLE claims.facility_hour (
  facility_id text COLLATE "C" NOT NULL,
  hour        timestamptz NOT NULL,
  files       integer NOT NULL,
  claims      bigint NOT NULL,
  PRIMARY KEY (facility_id, hour)
);

-- The epoch under which a file was fetched; null: without a lease.
ALTER TABLE claims.claim_file ADD COLUMN lease_epoch bigint;
