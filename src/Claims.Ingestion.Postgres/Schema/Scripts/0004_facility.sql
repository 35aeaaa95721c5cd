-- The facilities, one row each, for hosts that read them from here instead of from the configuration. What is null is not set: the host's
-- own setting holds. An interval is compared as the server does, with months of 30 days. Midnight is 00:00, for which 24:00 is no other name.
CREATE TABLE claims.facility (
  facility_id   text COLLATE "C" PRIMARY KEY CHECK (facility_id <> '' AND facility_id = btrim(facility_id)),
  name          text,
  poller        text NOT NULL,
  endpoint      text NOT NULL CHECK (btrim(endpoint) <> ''),
  poll_interval interval CHECK (poll_interval BETWEEN '1 second' AND '7 days'),
  poll_timeout  interval CHECK (poll_timeout BETWEEN '1 second' AND '1 day'),
  priority      integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -10 AND 10),
  window_from   time CHECK (window_from < '24:00'),
  window_to     time CHECK (window_to < '24:00'),
  window_zone   text,
  is_paused     boolean NOT NULL DEFAULT false,
  changed_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT facility_window_all_or_none CHECK (num_nulls(window_from, window_to, window_zone) IN (0, 3)),
  CONSTRAINT facility_window_not_empty CHECK (window_from <> window_to)
);
