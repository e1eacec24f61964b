-- not breaking
ALTER TABLE cache_versions ADD COLUMN IF NOT EXISTS note text;
--> statement-breakpoint
ALTER TABLE cache_invalidations ADD COLUMN IF NOT EXISTS note text;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION invalidate_all_caches() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM cache_versions LIMIT 1;
  INSERT INTO cache_invalidations (cache, note) SELECT cache, note FROM cache_versions ON CONFLICT DO NOTHING;
  RETURN (SELECT count(*) FROM cache_versions);
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  ours regprocedure;
BEGIN
  FOREACH ours IN ARRAY ARRAY['invalidate_all_caches()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', ours, current_schema());
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', ours);
  END LOOP;
END
$$;
