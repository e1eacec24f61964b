-- not breaking
CREATE TABLE IF NOT EXISTS cache_version_leases (started_at timestamp with time zone NOT NULL);
--> statement-breakpoint
-- How long a server may answer from memory at a time.
-- See docs/leases.md
CREATE FUNCTION cache_version_lease_seconds() RETURNS float8 LANGUAGE sql STABLE RETURN 1.0;
--> statement-breakpoint
-- How long Postgres may keep the lock of a server that says nothing: the lease has ended by then, however fast the
-- clocks run.
CREATE FUNCTION cache_version_lease_limit() RETURNS interval LANGUAGE sql STABLE
RETURN make_interval(secs => 1.25 * cache_version_lease_seconds());
--> statement-breakpoint
-- Takes the lock of a lease for the rest of this transaction and returns 'held', or else why there is none. The caller
-- then sets a savepoint and reads the versions. It is told the process that it speaks to when it connects: a pooler
-- tells another one.
CREATE FUNCTION hold_cache_version_lease(told int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT has_any_column_privilege(session_user, 'cache_versions', 'SELECT') THEN
    RETURN 'refused';
  ELSIF pg_is_in_recovery() THEN
    RETURN 'standby';
  ELSIF told <> pg_backend_pid() THEN
    RETURN 'pooler';
  END IF;
  -- Never in the line behind another's long transaction, where later writers would wait behind this.
  BEGIN
    -- DDL waits as well, which could turn the trigger off.
    LOCK TABLE cache_versions IN ROW EXCLUSIVE MODE NOWAIT;
    LOCK TABLE cache_version_leases IN SHARE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RETURN 'changing';
  END;
  IF NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = pg_postmaster_start_time()) THEN
    RETURN 'started';
  ELSIF NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgfoid = 'recall_cache_version_leases()'::regprocedure::oid AND tgenabled = 'A'
  ) THEN
    RETURN 'trigger';
  END IF;
  PERFORM set_config('idle_in_transaction_session_timeout',
    ceil(1000 * extract(epoch FROM cache_version_lease_limit()))::text, true);
  -- Nothing else may end it: its lock would be gone before its holder has heard.
  PERFORM set_config(name, '0', true)
    FROM pg_catalog.unnest(ARRAY['statement_timeout', 'transaction_timeout', 'client_connection_check_interval']) AS name
    WHERE current_setting(name, true) IS NOT NULL;
  RETURN 'held';
END
$$;
--> statement-breakpoint
-- Sleeps for so long under a lease. Returns early, and true, when a writer calls or somebody waits for the lock; at once
-- where there is no lease.
CREATE FUNCTION await_cache_version_recall(seconds float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  until timestamptz := clock_timestamp() + make_interval(secs => seconds);
BEGIN
  IF NOT EXISTS (SELECT FROM cache_version_lease_holders() AS holder WHERE holder.pid = pg_backend_pid()) THEN
    RETURN true;
  END IF;
  WHILE clock_timestamp() < until LOOP
    -- A writer without the right to cancel can only wait.
    PERFORM pg_sleep(least(0.1, extract(epoch FROM until - clock_timestamp())));
    IF EXISTS (
      SELECT FROM pg_locks AS held JOIN pg_locks AS wanted USING (database, relation)
        WHERE held.pid = pg_backend_pid() AND held.mode IN ('ShareLock', 'RowExclusiveLock') AND NOT wanted.granted
    ) THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
EXCEPTION WHEN query_canceled THEN
  RETURN true;
END
$$;
--> statement-breakpoint
-- Returns the sessions that hold a lease now. Each tells its server by its name.
CREATE FUNCTION cache_version_lease_holders(OUT pid int, OUT server text) RETURNS SETOF record LANGUAGE sql STABLE AS $$
  SELECT pid, application_name FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
    WHERE relation = 'cache_version_leases'::regclass::oid AND mode = 'ShareLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
--> statement-breakpoint
-- Ends the sleep of a session that holds a lease.
CREATE FUNCTION call_cache_version_lease_holder(pid int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_cancel_backend(pid);
  RETURN pid;
EXCEPTION WHEN insufficient_privilege THEN
  -- It looks itself, ten times a second.
  RETURN pid;
END
$$;
--> statement-breakpoint
-- After a start of Postgres no lock is left of the leases of before, but their holders may not have heard yet. Waits
-- until they have ended.
CREATE FUNCTION await_former_cache_version_leases() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  started timestamptz := pg_postmaster_start_time();
BEGIN
  IF EXISTS (SELECT FROM cache_version_leases WHERE started_at = started) THEN
    RETURN;
  END IF;
  -- An empty table tells of a crash or a promotion, and not when.
  PERFORM CASE WHEN EXISTS (SELECT FROM cache_version_leases)
    THEN pg_sleep_until(started + cache_version_lease_limit())
    ELSE pg_sleep_for(cache_version_lease_limit())
  END;
  DELETE FROM cache_version_leases WHERE started_at <> started;
  INSERT INTO cache_version_leases (started_at)
    SELECT started WHERE NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = started);
END
$$;
--> statement-breakpoint
-- Whoever changes a version has the lock from before the change to its commit, so no server answers from memory
-- meanwhile. Each that holds a lease is called, and gives it up.
CREATE FUNCTION recall_cache_version_leases() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET lock_timeout = '10ms' SET client_min_messages = error AS $$
DECLARE
  began timestamptz := clock_timestamp();
  recalled int[];
BEGIN
  LOOP
    BEGIN
      IF recalled IS NULL THEN
        LOCK TABLE cache_version_leases IN ROW EXCLUSIVE MODE NOWAIT;
      ELSE
        LOCK TABLE cache_version_leases IN ROW EXCLUSIVE MODE;
      END IF;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      IF clock_timestamp() > began + 2 * cache_version_lease_limit() THEN
        RAISE EXCEPTION '[cache-versions] The lock of cache_version_leases is kept by the sessions %.', recalled
          USING ERRCODE = 'lock_not_available', HINT = 'End them with pg_terminate_backend, and run this again.';
      END IF;
    END;
    -- A call between two statements of a holder is lost, so there will be another.
    recalled := ARRAY(SELECT pg_catalog.unnest(recalled) UNION SELECT call_cache_version_lease_holder(pid)
      FROM cache_version_lease_holders());
  END LOOP;
  IF recalled <> '{}' THEN
    PERFORM set_config('cache_versions.recalled_leases', pg_catalog.cardinality(recalled)::text, true);
    PERFORM set_config('cache_versions.recall_milliseconds',
      (1000 * extract(epoch FROM clock_timestamp() - began))::text, true);
  END IF;
  PERFORM await_former_cache_version_leases();
  RETURN coalesce(NEW, OLD);
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  watched regclass := (SELECT tgrelid FROM pg_trigger WHERE tgfoid = 'log_cache_version()'::regprocedure::oid);
BEGIN
  -- Another program's table, where cache_versions is a view of it.
  EXECUTE format(
    'CREATE TRIGGER recall_cache_version_leases BEFORE INSERT OR UPDATE OR DELETE ON %s '
    'FOR EACH ROW EXECUTE FUNCTION recall_cache_version_leases()', watched
  );
  -- In a session without triggers, and in a subscription, too.
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER recall_cache_version_leases', watched);
END
$$;
--> statement-breakpoint
ALTER TABLE cache_version_leases SET UNLOGGED;
--> statement-breakpoint
-- Nobody holds a lease yet.
INSERT INTO cache_version_leases (started_at) VALUES (pg_postmaster_start_time());
--> statement-breakpoint
ALTER TABLE cache_invalidations
  ADD COLUMN IF NOT EXISTS recalled_leases integer, ADD COLUMN IF NOT EXISTS recall_milliseconds real;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION log_cache_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  newest record;
  leases int := cache_versions_setting('recalled_leases');
  milliseconds real := cache_versions_setting('recall_milliseconds');
BEGIN
  -- Every change of a version comes past here: it settles the transaction's pending row, or is a plain statement.
  -- The cache's row is locked from here to the commit, so its lines are numbered in the order of their commits.
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version::text = OLD.version::text THEN
      RETURN NULL;
    END IF;
    UPDATE cache_invalidations
      SET id = DEFAULT, version = NEW.version, previous_version = OLD.version, invalidated_at = clock_timestamp(),
        recalled_leases = leases, recall_milliseconds = milliseconds
      WHERE txid = pg_current_xact_id() AND cache::text = NEW.cache::text AND version IS NULL;
    IF NOT FOUND THEN
      INSERT INTO cache_invalidations (cache, version, previous_version, recalled_leases, recall_milliseconds)
        VALUES (NEW.cache, NEW.version, OLD.version, leases, milliseconds);
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO cache_invalidations (cache, version, previous_version, reason)
      VALUES (OLD.cache, OLD.version, OLD.version, coalesce(cache_versions_setting('reason'), 'stopped'));
  ELSE
    -- A cache that is started again has another version than before, which is an invalidation.
    SELECT cache, version INTO newest FROM cache_invalidations
      WHERE cache::text <= NEW.cache::text AND version IS NOT NULL ORDER BY cache DESC, id DESC LIMIT 1;
    IF newest.cache::text = NEW.cache::text AND newest.version::text <> NEW.version::text THEN
      INSERT INTO cache_invalidations (cache, version, previous_version, reason)
        VALUES (NEW.cache, NEW.version, newest.version, coalesce(cache_versions_setting('reason'), 'started'));
    END IF;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  ours regprocedure;
BEGIN
  FOREACH ours IN ARRAY ARRAY[
    'log_cache_version()', 'hold_cache_version_lease(int)', 'await_cache_version_recall(float8)',
    'cache_version_lease_holders()', 'await_former_cache_version_leases()', 'recall_cache_version_leases()'
  ]::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', ours, current_schema());
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', ours);
  END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION recall_cache_version_leases() FROM PUBLIC;
