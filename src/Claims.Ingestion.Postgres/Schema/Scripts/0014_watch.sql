-- What happened in each hour, as each host saw it. A host writes its row again every minute, so there is room for more versions of it.
CREATE TABLE claims.ingestion_hour (
  hour         timestamptz NOT NULL,
  host         text NOT NULL,
  claims       bigint NOT NULL DEFAULT 0,
  files        bigint NOT NULL DEFAULT 0,
  quarantined  bigint NOT NULL DEFAULT 0,
  failed_polls bigint NOT NULL DEFAULT 0,
  user_latency double precision,
  least_share  double precision NOT NULL DEFAULT 1,
  staleness    double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, host)
) WITH (fillfactor = 50);
