-- How the users of each host fare: how much slower than it should be what they meet is. A few rows that are written once a second, so there is room for more versions of each.
CREATE TABLE claims.governor_host (
  host     text PRIMARY KEY,
  pressure double precision NOT NULL,
  told_at  timestamptz NOT NULL
) WITH (fillfactor = 10);
