-- not breaking
CREATE TABLE IF NOT EXISTS cache_version_leases (started_at timestamp with time zone NOT NULL);
--> statement-breakpoint
-- How long a server may answer from memory at a time.
-- See docs/leases.md and docs/decisions/0053-versions-are-read-from-memory-under-a-lease.md
CREATE FUNCTION cache_version_lease_seconds() RETURNS float8 LANGUAGE sql STABLE RETURN 1.0;
--> statement-breakpoint
-- How long Postgres may keep the lock of a server that says nothing: the lease has ended by then, however fast the
-- clocks run.
CREATE FUNCTION cache_version_lease_limit() RETURNS interval LANGUAGE sql STABLE
RETURN make_interval(secs => 1.25 * cache_version_lease_seconds());
--> statement-breakpoint
-- A session that is lost gives its lock up at once, and its server may not have heard yet. So leases are counted, and so
-- are those that were given up, whatever becomes of the transactions. Where the two differ, one has been lost. Nothing is
-- counted yet where no server has ever asked for a lease, and there nobody waits for any.
CREATE SEQUENCE cache_version_leases_granted OWNED BY cache_version_leases.started_at;
--> statement-breakpoint
CREATE SEQUENCE cache_version_leases_given_up OWNED BY cache_version_leases.started_at;
--> statement-breakpoint
-- Returns whether another session changes a version, or is about to, or waits for a lock that this one holds under a
-- lease. A writer has the lock of its statement long before it has that of the leases.
CREATE FUNCTION cache_version_lease_is_wanted() RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks AS wanted JOIN pg_locks AS held USING (database, relation)
      WHERE held.pid = pg_backend_pid() AND held.mode IN ('ShareLock', 'RowExclusiveLock')
        AND wanted.pid IS DISTINCT FROM pg_backend_pid()
        AND (NOT wanted.granted OR wanted.mode = 'RowExclusiveLock' AND NOT EXISTS (
          SELECT FROM pg_locks AS lease WHERE lease.pid = wanted.pid AND lease.mode = 'ShareLock' AND lease.granted
            AND lease.database = wanted.database AND lease.relation = 'cache_version_leases'::regclass::oid
        ))
  )
$$;
--> statement-breakpoint
-- Takes the lock of a lease for the rest of this transaction and returns 'held', or else why there is none. The caller
-- then sets a savepoint and reads the versions. It is told the process that it speaks to when it connects: a pooler
-- tells another one.
CREATE FUNCTION hold_cache_version_lease(told int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  caller name := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
  IF NOT has_any_column_privilege(caller, 'cache_versions', 'SELECT') THEN
    RETURN 'refused';
  ELSIF pg_is_in_recovery() THEN
    RETURN 'standby';
  ELSIF told IS DISTINCT FROM pg_backend_pid() THEN
    RETURN 'pooler';
  ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    -- The versions would be those of before the lock.
    RETURN 'isolation';
  END IF;
  -- Never in the line behind another's long transaction, where later writers would wait behind this.
  BEGIN
    LOCK TABLE cache_version_leases IN SHARE MODE NOWAIT;
    -- DDL waits as well, which could turn the trigger off.
    LOCK TABLE cache_versions IN ROW EXCLUSIVE MODE NOWAIT;
    IF cache_version_lease_is_wanted() THEN
      RAISE lock_not_available;
    ELSIF NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = pg_postmaster_start_time())
        OR pg_sequence_last_value('cache_version_leases_granted'::regclass) IS NULL THEN
      RAISE object_not_in_prerequisite_state;
    ELSIF 2 <> (
      -- Of the table that has the versions, which is another one where cache_versions is a view: one BEFORE each row that
      -- is inserted, updated or deleted, and one BEFORE TRUNCATE.
      SELECT count(*) FROM pg_trigger JOIN pg_locks ON tgrelid = relation
        WHERE tgfoid = 'recall_cache_version_leases()'::regprocedure::oid AND tgenabled = 'A' AND tgtype IN (31, 34)
          AND pid = pg_backend_pid() AND mode = 'RowExclusiveLock'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) THEN
      RAISE triggered_action_exception;
    END IF;
  EXCEPTION
    -- None of them keeps a lock.
    WHEN lock_not_available THEN
      RETURN 'changing';
    WHEN object_not_in_prerequisite_state THEN
      RETURN 'started';
    WHEN triggered_action_exception THEN
      RETURN 'trigger';
  END;
  PERFORM set_config('idle_in_transaction_session_timeout',
    ceil(1000 * extract(epoch FROM cache_version_lease_limit()))::text, true);
  -- Nothing else may end it: its lock would be gone before its holder has heard.
  PERFORM set_config(name, '0', true)
    FROM pg_catalog.unnest(ARRAY[
      'statement_timeout', 'transaction_timeout', 'client_connection_check_interval', 'tcp_user_timeout'
    ]) AS name
    WHERE current_setting(name, true) IS NOT NULL;
  PERFORM nextval('cache_version_leases_granted'::regclass);
  RETURN 'held';
END
$$;
--> statement-breakpoint
-- Sleeps for so long under a lease. Returns early, and true, when a writer calls or somebody waits for a lock; at once
-- where there is no lease.
CREATE FUNCTION await_cache_version_recall(seconds float8) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  looks int := ceil(10 * seconds);
BEGIN
  IF NOT EXISTS (SELECT FROM cache_version_lease_holders() AS holder WHERE holder.pid = pg_backend_pid()) THEN
    RETURN true;
  END IF;
  -- Looks are counted, for the clock of Postgres may be set.
  FOR look IN 1 .. looks LOOP
    -- A writer without the right to cancel can only wait.
    IF cache_version_lease_is_wanted() THEN
      RETURN true;
    END IF;
    PERFORM pg_sleep(seconds / looks);
  END LOOP;
  RETURN cache_version_lease_is_wanted();
EXCEPTION WHEN query_canceled THEN
  RETURN true;
END
$$;
--> statement-breakpoint
-- Says that nothing is answered from memory any more under the lease of this transaction, which then ends. After an error
-- the caller goes back to its savepoint first.
CREATE FUNCTION give_up_cache_version_lease() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  -- A writer waits for this, and the names of sessions take as long to find as the lock.
  IF EXISTS (
    SELECT FROM pg_locks
      WHERE pid = pg_backend_pid() AND relation = 'cache_version_leases'::regclass::oid AND mode = 'ShareLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ) THEN
    PERFORM nextval('cache_version_leases_given_up'::regclass);
  END IF;
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
-- Ends the sleep of a session that holds a lease, or the session. Only a sleep, for anything else is about to give it up
-- or to look, and an error would be in its way.
CREATE FUNCTION call_cache_version_lease_holder(pid int, finally boolean) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  IF finally THEN
    PERFORM pg_terminate_backend(pid);
  ELSE
    PERFORM pg_cancel_backend(activity.pid) FROM pg_stat_get_activity(pid) AS activity
      WHERE activity.wait_event = 'PgSleep' OR activity.state IS NULL;
  END IF;
  RETURN pid;
EXCEPTION WHEN insufficient_privilege THEN
  -- It looks itself, ten times a second.
  RETURN pid;
END
$$;
--> statement-breakpoint
CREATE FUNCTION outlast_cache_version_leases(span interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- In short steps, for the clock of Postgres may be set.
  FOR step IN 1 .. ceil(10 * extract(epoch FROM span)) LOOP
    PERFORM pg_sleep(0.1);
  END LOOP;
END
$$;
--> statement-breakpoint
-- After a start of Postgres no lock is left of the leases of before, but their holders may not have heard yet. Waits
-- until they have ended. A server calls it in a transaction of its own before the first lease of all: that there are
-- leases survives a crash then.
CREATE FUNCTION await_former_cache_version_leases() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  started timestamptz := pg_postmaster_start_time();
BEGIN
  IF pg_sequence_last_value('cache_version_leases_granted'::regclass) IS NULL THEN
    PERFORM set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
    -- One at a time, and not beside a lease.
    LOCK TABLE cache_version_leases IN SHARE UPDATE EXCLUSIVE MODE;
    IF pg_sequence_last_value('cache_version_leases_granted'::regclass) IS NULL THEN
      PERFORM nextval('cache_version_leases_given_up'::regclass), nextval('cache_version_leases_granted'::regclass);
    END IF;
  ELSIF NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = started) THEN
    PERFORM outlast_cache_version_leases(cache_version_lease_limit());
  END IF;
  -- To insert nothing would wait for leases, too. Another may insert it, unseen as yet: nobody waits for that one's
  -- transaction, nor fails by it.
  IF NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = started) THEN
    INSERT INTO cache_version_leases (started_at) VALUES (started);
  END IF;
END
$$;
--> statement-breakpoint
-- Calls each session that holds a lease until the lock of the leases is had. Returns how many there were, and for how
-- long it has waited at the least.
CREATE FUNCTION call_cache_version_lease_holders(OUT called int[], OUT waited interval) LANGUAGE plpgsql
SET lock_timeout = '5ms' SET client_min_messages = error AS $$
DECLARE
  began timestamptz := clock_timestamp();
  since interval;
  milliseconds int := 5;
  own interval := current_setting('statement_timeout');
BEGIN
  waited := '0';
  LOOP
    since := clock_timestamp() - began;
    -- One that was about to sleep is called the next time.
    PERFORM pg_stat_clear_snapshot();
    called := ARRAY(
      SELECT pg_catalog.unnest(called) UNION
      SELECT call_cache_version_lease_holder(pid, since > 1.5 * cache_version_lease_limit())
        FROM pg_locks WHERE relation = 'cache_version_leases'::regclass::oid AND mode = 'ShareLock' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    );
    BEGIN
      LOCK TABLE cache_version_leases IN ROW EXCLUSIVE MODE;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      waited := waited + make_interval(secs => 0.001 * milliseconds);
      -- Who has not heard by now may be silent. To look takes time as well, which does not count as waited.
      IF waited >= interval '50 milliseconds' THEN
        milliseconds := 25;
        PERFORM set_config('lock_timeout', '25ms', true);
      END IF;
      -- Postgres forgets the time-out of the statement where it finds both at once.
      IF own > '0' AND clock_timestamp() > statement_timestamp() + own THEN
        RAISE query_canceled USING MESSAGE = 'canceling statement due to statement timeout';
      END IF;
      IF since > 2.5 * cache_version_lease_limit() THEN
        RAISE EXCEPTION '[cache-versions] The lock of cache_version_leases is kept by the sessions %.',
          (SELECT array_agg(pid) FROM cache_version_lease_holders())
          USING ERRCODE = 'lock_not_available', HINT = 'End them with pg_terminate_backend, and run this again.';
      END IF;
    END;
  END LOOP;
END
$$;
--> statement-breakpoint
-- Whoever changes a version has the lock from before the change to its commit, so no server answers from memory
-- meanwhile. Each that holds a lease is called, and gives it up.
CREATE FUNCTION recall_cache_version_leases() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  began timestamptz := clock_timestamp();
  called int[];
  waited interval := '0';
  granted bigint;
BEGIN
  BEGIN
    LOCK TABLE cache_version_leases IN ROW EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    SELECT * INTO called, waited FROM call_cache_version_lease_holders();
  END;
  -- Nobody holds a lease now, and nobody was granted one since this began, nor is before it commits. So none outlasts the
  -- limit from there, of which the wait for the lock has been a part.
  granted := pg_sequence_last_value('cache_version_leases_granted'::regclass);
  IF granted IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM cache_version_leases WHERE started_at = pg_postmaster_start_time()) THEN
      called := coalesce(called, '{}');
      waited := cache_version_lease_limit();
      PERFORM await_former_cache_version_leases();
    END IF;
    IF granted IS DISTINCT FROM pg_sequence_last_value('cache_version_leases_given_up'::regclass) THEN
      called := coalesce(called, '{}');
      PERFORM outlast_cache_version_leases(cache_version_lease_limit() - waited);
      PERFORM setval('cache_version_leases_given_up'::regclass, granted);
    END IF;
  END IF;
  IF called IS NOT NULL THEN
    PERFORM set_config('cache_versions.recalled_leases', pg_catalog.cardinality(called)::text, true);
    PERFORM set_config('cache_versions.recall_milliseconds',
      (1000 * extract(epoch FROM clock_timestamp() - began))::text, true);
  END IF;
  -- A savepoint that is rolled back forgets this, and the lock.
  PERFORM set_config('cache_versions.recalled', pg_current_xact_id()::text, true);
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  watched regclass := (SELECT tgrelid FROM pg_trigger WHERE tgfoid = 'log_cache_version()'::regprocedure::oid);
BEGIN
  -- Another program's table, where cache_versions is a view of it. A row, for a subscription fires no others; the first
  -- of a transaction recalls for all.
  EXECUTE format(
    'CREATE TRIGGER recall_cache_version_leases BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW '
    'WHEN (current_setting(''cache_versions.recalled'', true) IS DISTINCT FROM pg_current_xact_id()::text) '
    'EXECUTE FUNCTION recall_cache_version_leases()', watched
  );
  EXECUTE format(
    'CREATE TRIGGER recall_cache_version_leases_of_all BEFORE TRUNCATE ON %s '
    'FOR EACH STATEMENT EXECUTE FUNCTION recall_cache_version_leases()', watched
  );
  -- In a session without triggers, and in a subscription, too.
  EXECUTE format(
    'ALTER TABLE %s ENABLE ALWAYS TRIGGER recall_cache_version_leases, '
    'ENABLE ALWAYS TRIGGER recall_cache_version_leases_of_all', watched
  );
END
$$;
--> statement-breakpoint
ALTER TABLE cache_version_leases SET UNLOGGED;
--> statement-breakpoint
-- Its sequences became unlogged with it, and a crash or a promotion would forget that there have been leases.
ALTER SEQUENCE cache_version_leases_granted SET LOGGED;
--> statement-breakpoint
ALTER SEQUENCE cache_version_leases_given_up SET LOGGED;
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
    INSERT INTO cache_invalidations (cache, version, previous_version, reason, recalled_leases, recall_milliseconds)
      VALUES (OLD.cache, OLD.version, OLD.version, coalesce(cache_versions_setting('reason'), 'stopped'), leases, milliseconds);
  ELSE
    -- A cache that is started again has another version than before, which is an invalidation.
    SELECT cache, version INTO newest FROM cache_invalidations
      WHERE cache::text <= NEW.cache::text AND version IS NOT NULL ORDER BY cache DESC, id DESC LIMIT 1;
    IF newest.cache::text = NEW.cache::text AND newest.version::text <> NEW.version::text THEN
      INSERT INTO cache_invalidations (cache, version, previous_version, reason, recalled_leases, recall_milliseconds)
        VALUES (NEW.cache, NEW.version, newest.version, coalesce(cache_versions_setting('reason'), 'started'), leases, milliseconds);
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
    'log_cache_version()',
    'cache_version_lease_is_wanted()', 'hold_cache_version_lease(int)',
    'await_cache_version_recall(float8)', 'give_up_cache_version_lease()', 'cache_version_lease_holders()',
    'await_former_cache_version_leases()', 'call_cache_version_lease_holders()', 'recall_cache_version_leases()'
  ]::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', ours, current_schema());
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', ours);
  END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION recall_cache_version_leases() FROM PUBLIC;
