-- The tables of rows become partitioned by month. The month of storing is part of a file's id, so a partition is a range of file ids, and who
-- knows a file's id reads one partition. The ledger stays whole: what was stored must be known for ever.

-- The partitioned tables, in the order of storing.
CREATE FUNCTION claims.month_tables() RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT '{claim,diagnosis,activity,observation,remittance_claim,remittance_activity,claim_error,claim_file_content}'::text[]
$$;

-- The present month, as months since January of the year 0, UTC. Within a transaction it is always the same.
CREATE FUNCTION claims.file_month() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT (extract(year FROM now() AT TIME ZONE 'UTC') * 12 + extract(month FROM now() AT TIME ZONE 'UTC') - 1)::bigint
$$;

-- The ids of a month's files begin here. The 36 bits below are numbers of the sequence, which goes on from month to month.
CREATE FUNCTION claims.first_file_id(month bigint) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$ SELECT month << 36 $$;

CREATE FUNCTION claims.month_of_file(file_id bigint) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$ SELECT file_id >> 36 $$;

CREATE FUNCTION claims.month_name(month bigint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT to_char(make_date((month / 12)::integer, (month % 12)::integer + 1, 1), 'YYYY_MM')
$$;

ALTER SEQUENCE claims.claim_file_id MAXVALUE 68719476735;

-- Every partition, with the file ids that it holds.
CREATE VIEW claims.month_partition AS
SELECT p.relname::text AS parent, c.relname::text AS partition, i.inhdetachpending AS is_detaching,
       coalesce(substring(b.bound FROM 'FROM \(''(\d+)''\)')::bigint, 0) AS first_id,
       substring(b.bound FROM 'TO \(''(\d+)''\)')::bigint AS next_id,
       c.reltuples::bigint AS estimated_rows,
       pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits i
JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
WHERE p.relnamespace = 'claims'::regnamespace AND p.relkind = 'p' AND p.relname = ANY(claims.month_tables());

CREATE FUNCTION claims.has_month(month bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
  SELECT count(*) = cardinality(claims.month_tables())
  FROM claims.month_partition
  WHERE claims.first_file_id(month) BETWEEN first_id AND next_id - 1 AND NOT is_detaching
$$;

-- Partitions are only ever added to: pages are frozen and marked all-visible a minute after they were filled, while they are in memory, by a
-- fixed number of rows rather than a share of a table that grows all month. The default fillfactor, 100, is right.
CREATE FUNCTION claims.set_storage(partition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE claims.%I SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000, autovacuum_freeze_min_age = 0)', partition);
END
$$;

-- Makes what is missing of the present month's partitions and those of the months after it; returns how many. A partition is made apart and then attached: that
-- blocks no reader and no writer. It runs with the rights of its owner, so that an account that only reads and writes can make its months, and only those.
CREATE FUNCTION claims.create_months(ahead integer DEFAULT 2) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  made  integer := 0;
  start bigint;
  stop  bigint;
  name  text;
  whole text;
BEGIN
  IF ahead NOT BETWEEN 0 AND 24 THEN
    RAISE EXCEPTION 'ahead is %, it must be from 0 to 24', ahead;
  END IF;
  IF (SELECT bool_and(claims.has_month(m)) FROM generate_series(claims.file_month(), claims.file_month() + ahead) m) THEN
    RETURN 0;
  END IF;

  -- One host at a time: "months" in ASCII.
  PERFORM pg_advisory_xact_lock(x'6D6F6E746873'::bigint);
  FOR start, stop, name IN
    SELECT claims.first_file_id(m), claims.first_file_id(m + 1), claims.month_name(m) FROM generate_series(claims.file_month(), claims.file_month() + ahead) m
  LOOP
    FOREACH whole IN ARRAY claims.month_tables() LOOP
      CONTINUE WHEN EXISTS (SELECT FROM claims.month_partition WHERE parent = whole AND start BETWEEN first_id AND next_id - 1);
      EXECUTE format('CREATE TABLE claims.%I (LIKE claims.%I INCLUDING ALL)', whole || '_' || name, whole);
      PERFORM claims.set_storage(whole || '_' || name);
      EXECUTE format('ALTER TABLE claims.%I ATTACH PARTITION claims.%I FOR VALUES FROM (%s) TO (%s)', whole, whole || '_' || name, start, stop);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;

REVOKE EXECUTE ON FUNCTION claims.create_months(integer) FROM PUBLIC;

-- Turns the tables into partitioned ones. What stands on them is saved from the catalog and made again: views and their rows, indexes, checks, owners and grants.
DO $$
DECLARE
  named     text[] := claims.month_tables();
  before_id bigint := claims.first_file_id(claims.file_month());
  views     oid[];
  restore   text[] := '{}';
  strange   text;
  statement text;
  parent    text;
  old       text;
  is_filled boolean;
  has_rows  boolean := false;
BEGIN
  FOREACH parent IN ARRAY named LOOP
    EXECUTE format('LOCK TABLE claims.%I IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('SELECT EXISTS (SELECT FROM claims.%I)', parent) INTO is_filled;
    has_rows := has_rows OR is_filled;
  END LOOP;
  has_rows := has_rows OR EXISTS (SELECT FROM claims.claim_file);

  -- The views of the schema that stand on the tables or on each other, those beneath first.
  WITH RECURSIVE above (oid, height) AS (
    SELECT c.oid, 0 FROM pg_class c WHERE c.relnamespace = 'claims'::regnamespace AND c.relname = ANY(named)
    UNION
    SELECT r.ev_class, a.height + 1
    FROM above a
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.oid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> a.oid
  )
  SELECT coalesce(array_agg(oid ORDER BY height), '{}') INTO views
  FROM (
    SELECT a.oid, max(a.height) AS height
    FROM above a JOIN pg_class c ON c.oid = a.oid
    WHERE a.height > 0 AND c.relnamespace = 'claims'::regnamespace AND c.relkind IN ('v', 'm')
    GROUP BY a.oid
  ) v;

  -- Whatever else stands on them cannot be made again from here.
  SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid), '; ') INTO strange
  FROM pg_depend d
  LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
  LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
  LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
  WHERE d.refclassid = 'pg_class'::regclass
    AND (d.refobjid = ANY(views) OR d.refobjid IN (SELECT oid FROM pg_class WHERE relnamespace = 'claims'::regnamespace AND relname = ANY(named)))
    AND CASE d.classid
          WHEN 'pg_rewrite'::regclass THEN r.ev_class <> ALL(views)
          WHEN 'pg_constraint'::regclass THEN k.contype NOT IN ('c', 'p', 'u', 'n')
          WHEN 'pg_trigger'::regclass THEN NOT t.tgisinternal
          WHEN 'pg_class'::regclass THEN c.relkind NOT IN ('i', 't')
          ELSE d.classid NOT IN ('pg_type'::regclass, 'pg_attrdef'::regclass)
        END;
  IF strange IS NOT NULL THEN
    RAISE EXCEPTION 'these stand on tables of the schema claims that are made anew as partitioned ones: %', strange
      USING HINT = 'Drop them, migrate, and create them again.';
  END IF;

  FOR statement IN
    SELECT s.statement
    FROM unnest(views) WITH ORDINALITY v (oid, place)
    JOIN pg_class c ON c.oid = v.oid
    CROSS JOIN LATERAL (
      SELECT 1 AS part, format(
               'CREATE %s claims.%I%s AS %s%s', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.relname,
               ' WITH (' || array_to_string(c.reloptions, ', ') || ')', rtrim(pg_get_viewdef(c.oid), '; '),
               CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN ' WITH NO DATA' END) AS statement
      UNION ALL
      SELECT 2, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid
      UNION ALL
      SELECT 3, format('COMMENT ON %s claims.%I IS %L', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.relname, description)
      FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid = c.oid AND objsubid = 0
    ) s
    ORDER BY v.place, s.part
  LOOP
    restore := restore || statement;
  END LOOP;

  -- Owners and grants of tables and views, of columns too.
  FOR statement IN
    SELECT s.statement
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT 1 AS part, format('ALTER TABLE claims.%I OWNER TO %I', c.relname, pg_get_userbyid(c.relowner)) AS statement
      WHERE pg_get_userbyid(c.relowner) <> current_user
      UNION ALL
      SELECT 2, format('GRANT %s%s ON claims.%I TO %s%s', g.privilege_type, '(' || quote_ident(a.name) || ')', c.relname,
                       CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable AND g.grantee <> 0 THEN ' WITH GRANT OPTION' END)
      FROM (SELECT NULL::name AS name, c.relacl AS acl UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a
      CROSS JOIN LATERAL aclexplode(a.acl) g
    ) s
    WHERE c.oid = ANY(views) OR (c.relnamespace = 'claims'::regnamespace AND c.relname = ANY(named))
    ORDER BY c.relname, s.part
  LOOP
    restore := restore || statement;
  END LOOP;

  FOR statement IN
    SELECT format('DROP %s claims.%I', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.relname)
    FROM unnest(views) WITH ORDINALITY v (oid, place) JOIN pg_class c ON c.oid = v.oid
    ORDER BY v.place DESC
  LOOP
    EXECUTE statement;
  END LOOP;

  FOREACH parent IN ARRAY named LOOP
    old := parent || '_older';
    EXECUTE format('ALTER TABLE claims.%I RENAME TO %I', parent, old);
    EXECUTE format('CREATE TABLE claims.%I (LIKE claims.%I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (file_id)', parent, old);

    -- The indexes keep their names, and so do the keys.
    FOR statement IN
      SELECT unnest(ARRAY[
               format('ALTER INDEX claims.%I RENAME TO %I', c.relname, c.relname || '_older'),
               CASE WHEN k.oid IS NULL THEN replace(pg_get_indexdef(i.indexrelid), format(' ON claims.%I ', old), format(' ON claims.%I ', parent))
                    ELSE format('ALTER TABLE claims.%I ADD CONSTRAINT %I %s', parent, k.conname, pg_get_constraintdef(k.oid)) END])
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u')
      WHERE i.indrelid = format('claims.%I', old)::regclass
    LOOP
      EXECUTE statement;
    END LOOP;

    -- The old tables become the first partitions, all of them or none.
    IF has_rows THEN
      PERFORM claims.set_storage(old);
      EXECUTE format('ALTER TABLE claims.%I ATTACH PARTITION claims.%I FOR VALUES FROM (MINVALUE) TO (%s)', parent, old, before_id);
    ELSE
      EXECUTE format('DROP TABLE claims.%I', old);
    END IF;
  END LOOP;

  PERFORM claims.create_months(0);

  -- A view that is filled reads everything once; the planner knows nothing of the new tables yet and would nest loops.
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  FOREACH statement IN ARRAY restore LOOP
    EXECUTE statement;
  END LOOP;
END
$$;
