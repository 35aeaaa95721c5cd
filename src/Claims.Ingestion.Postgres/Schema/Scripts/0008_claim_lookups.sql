-- Answers for one claim. The views answer for all claims, and in a question about one claim the planner has to look at the indexes of every month, for each of
-- the dozen places where the views read the same events: at 36 months that is a second. These functions find the claim's events once, and their plan is kept by the session.

CREATE FUNCTION claims.events_of(of_provider text, of_claim text) RETURNS SETOF claims.claim_event STABLE ROWS 5 LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off AS $$
BEGIN
  RETURN QUERY SELECT * FROM claims.claim_event e WHERE e.provider_id = of_provider AND e.claim_id = of_claim;
END
$$;

-- The functions are made from the views, so that there is one definition: each view beneath becomes a WITH query over the claim's events. A script that
-- changes those views must do this again.
DO $$
DECLARE
  of_view  text;
  name     text;
  withs    text;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog', true);
  FOR of_view, name IN VALUES ('claim_balance', 'balance_of'), ('activity_state', 'activities_of') LOOP
    WITH RECURSIVE beneath (oid, depth) AS (
      SELECT format('claims.%I', of_view)::regclass::oid, 0
      UNION
      SELECT d.refobjid, b.depth + 1
      FROM beneath b
      JOIN pg_rewrite r ON r.ev_class = b.oid
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> b.oid
      JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'v' AND c.relname <> 'claim_event'
    ), views AS (
      SELECT c.relname, rtrim(pg_get_viewdef(c.oid), '; ') AS definition, v.depth
      FROM (SELECT oid, max(depth) AS depth FROM beneath GROUP BY oid) v JOIN pg_class c ON c.oid = v.oid
    )
    SELECT string_agg(
             format('%I AS (%s)', relname, regexp_replace(definition, '\mclaims\.(claim_event|' || (SELECT string_agg(relname, '|') FROM views) || ')\M', '\1', 'g')),
             E',\n' ORDER BY depth DESC)
    INTO withs FROM views;

    EXECUTE format(
      'CREATE FUNCTION claims.%I(of_provider text, of_claim text) RETURNS SETOF claims.%I STABLE ROWS 5 LANGUAGE plpgsql '
      'SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_hashjoin = off SET enable_mergejoin = off AS %L',
      name, of_view,
      format(E'#variable_conflict use_column\nBEGIN\nRETURN QUERY WITH claim_event AS MATERIALIZED (SELECT * FROM claims.claim_event WHERE provider_id = of_provider AND claim_id = of_claim),\n%s\nSELECT * FROM %I;\nEND', withs, of_view));
  END LOOP;
END
$$;
