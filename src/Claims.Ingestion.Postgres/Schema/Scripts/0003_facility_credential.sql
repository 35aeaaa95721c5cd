-- The logins of facilities at their gateway, one row a facility. Login and password are together in the protected bytes, which only a
-- host with the Data Protection keys can read, and only for this facility. A facility without a row uses its login of the configuration.
CREATE TABLE claims.facility_credential (
  facility_id text COLLATE "C" PRIMARY KEY,
  protected   bytea NOT NULL,
  changed_at  timestamptz NOT NULL DEFAULT now()
);
