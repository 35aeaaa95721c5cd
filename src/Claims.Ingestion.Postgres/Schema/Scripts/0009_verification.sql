-- Takes the place of foreign keys: a row for each discrepancy between the ledger and the rows of the files in a range of ids, both ends included. Months whose
-- partitions are removed, wholly or in part, are none.
CREATE FUNCTION claims.verify_files(first_id bigint, last_id bigint) RETURNS TABLE (file_id bigint, what text) STABLE LANGUAGE sql AS $$
  WITH rows AS (
    SELECT c.file_id, 'claim' AS name, count(*) AS n FROM claims.claim c WHERE c.file_id BETWEEN first_id AND last_id GROUP BY c.file_id
    UNION ALL
    SELECT d.file_id, 'diagnosis', count(*) FROM claims.diagnosis d WHERE d.file_id BETWEEN first_id AND last_id GROUP BY d.file_id
    UNION ALL
    SELECT a.file_id, 'activity', count(*) FROM claims.activity a WHERE a.file_id BETWEEN first_id AND last_id GROUP BY a.file_id
    UNION ALL
    SELECT o.file_id, 'observation', count(*) FROM claims.observation o WHERE o.file_id BETWEEN first_id AND last_id GROUP BY o.file_id
    UNION ALL
    SELECT r.file_id, 'remittance_claim', count(*) FROM claims.remittance_claim r WHERE r.file_id BETWEEN first_id AND last_id GROUP BY r.file_id
    UNION ALL
    SELECT a.file_id, 'remittance_activity', count(*) FROM claims.remittance_activity a WHERE a.file_id BETWEEN first_id AND last_id GROUP BY a.file_id
    UNION ALL
    SELECT e.file_id, 'claim_error', count(*) FROM claims.claim_error e WHERE e.file_id BETWEEN first_id AND last_id GROUP BY e.file_id
  ), files AS (
    SELECT coalesce(f.id, r.file_id) AS file_id, f.status, f.claim_count, f.activity_count, f.left_out_count, r.file_id IS NOT NULL AS has_rows,
           coalesce(r.claims, 0) AS claims, coalesce(r.activities, 0) AS activities, coalesce(r.errors, 0) AS errors
    FROM (SELECT * FROM claims.claim_file WHERE id BETWEEN first_id AND last_id) f
    FULL JOIN (
      SELECT rows.file_id,
             sum(n) FILTER (WHERE name IN ('claim', 'remittance_claim')) AS claims,
             sum(n) FILTER (WHERE name = 'activity') AS activities,
             sum(n) FILTER (WHERE name = 'claim_error') AS errors
      FROM rows GROUP BY rows.file_id
    ) r ON r.file_id = f.id
  ), discrepancies AS (
    SELECT files.file_id, 'rows of a file that is not in the ledger' AS what FROM files WHERE status IS NULL
    UNION ALL
    SELECT files.file_id, format('rows of a file that is %s', status) FROM files WHERE status <> 'stored' AND has_rows
    UNION ALL
    SELECT files.file_id, format('claim_count is %s, but there are %s', claim_count, claims) FROM files WHERE status = 'stored' AND claim_count <> claims
    UNION ALL
    SELECT files.file_id, format('activity_count is %s, but there are %s', activity_count, activities) FROM files WHERE status = 'stored' AND activity_count <> activities
    UNION ALL
    SELECT files.file_id, format('left_out_count is %s, but there are %s', left_out_count, errors) FROM files WHERE status = 'stored' AND left_out_count <> errors
    UNION ALL
    SELECT d.file_id, format('%s rows of diagnosis without their claim', count(*)) FROM claims.diagnosis d
    WHERE d.file_id BETWEEN first_id AND last_id AND NOT EXISTS (SELECT FROM claims.claim c WHERE c.file_id = d.file_id AND c.claim_no = d.claim_no AND c.file_id BETWEEN first_id AND last_id)
    GROUP BY d.file_id
    UNION ALL
    SELECT a.file_id, format('%s rows of activity without their claim', count(*)) FROM claims.activity a
    WHERE a.file_id BETWEEN first_id AND last_id AND NOT EXISTS (SELECT FROM claims.claim c WHERE c.file_id = a.file_id AND c.claim_no = a.claim_no AND c.file_id BETWEEN first_id AND last_id)
    GROUP BY a.file_id
    UNION ALL
    SELECT o.file_id, format('%s rows of observation without their activity', count(*)) FROM claims.observation o
    WHERE o.file_id BETWEEN first_id AND last_id
      AND NOT EXISTS (SELECT FROM claims.activity a WHERE a.file_id = o.file_id AND a.claim_no = o.claim_no AND a.line_no = o.activity_line_no AND a.file_id BETWEEN first_id AND last_id)
    GROUP BY o.file_id
    UNION ALL
    SELECT a.file_id, format('%s rows of remittance_activity without their claim', count(*)) FROM claims.remittance_activity a
    WHERE a.file_id BETWEEN first_id AND last_id AND NOT EXISTS (SELECT FROM claims.remittance_claim r WHERE r.file_id = a.file_id AND r.claim_no = a.claim_no AND r.file_id BETWEEN first_id AND last_id)
    GROUP BY a.file_id
  )
  SELECT d.file_id, d.what
  FROM discrepancies d
  JOIN (
    SELECT m FROM (SELECT DISTINCT claims.month_of_file(x.file_id) AS m FROM discrepancies x) found WHERE claims.has_month(m)
  ) kept ON kept.m = claims.month_of_file(d.file_id)
  ORDER BY 1, 2
$$;

-- How far the files are verified: one row. After the last file it begins again.
CREATE TABLE claims.verification (
  is_only     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  verified_to bigint NOT NULL DEFAULT 0,
  rounds      bigint NOT NULL DEFAULT 0,
  verified_at timestamptz
);

INSERT INTO claims.verification DEFAULT VALUES;

-- The discrepancies that stand. Each goes when its file is verified again without it.
CREATE TABLE claims.verification_finding (
  file_id  bigint NOT NULL,
  what     text NOT NULL,
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (file_id, what)
);
