
-- The verbs of next-cache-versions, for every language that speaks SQL. The tables are in the schema. The first line is
-- empty, because what this text is put after may be a comment whose line has no end, as in a migration of drizzle-kit.

-- The version of this schema, which each step of an upgrade raises.
-- See docs/decisions/0047-the-schema-tells-its-version.md
CREATE FUNCTION cache_versions_schema_version() RETURNS int LANGUAGE sql STABLE RETURN 1;
--> statement-breakpoint
-- A package that was made for a schema before this one no longer invalidates.
CREATE FUNCTION cache_versions_breaking_version() RETURNS int LANGUAGE sql STABLE RETURN 1;
--> statement-breakpoint
-- 48 random bits as 8 letters and digits.
CREATE FUNCTION new_cache_version() RETURNS char(8) LANGUAGE sql VOLATILE
RETURN translate(encode(substring(uuid_send(gen_random_uuid()) FROM 1 FOR 6), 'base64'), '+/', 'Az')::char(8);
--> statement-breakpoint
CREATE FUNCTION cache_name_distance(a text, b text, at_most int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT AS $$
-- Levenshtein's distance, so that an error can suggest the nearest name without an extension; NULL when it is above
-- at_most. Only what lies between a common beginning and a common end is compared, and only as far as at_most allows.
DECLARE
  previous int[];
  current int[];
  least_of_row int;
BEGIN
  WHILE a <> '' AND left(a, 1) = left(b, 1) LOOP
    a := substr(a, 2);
    b := substr(b, 2);
  END LOOP;
  WHILE a <> '' AND right(a, 1) = right(b, 1) LOOP
    a := left(a, -1);
    b := left(b, -1);
  END LOOP;
  previous := ARRAY(SELECT generate_series(0, length(b)));
  FOR i IN 1 .. length(a) LOOP
    current := ARRAY[i];
    least_of_row := i;
    FOR j IN greatest(1, i - at_most) .. least(length(b), i + at_most) LOOP
      -- A cell that was left out is NULL, which least() passes over.
      current[j + 1] := least(
        current[j] + 1,
        previous[j + 1] + 1,
        previous[j] + (substr(a, i, 1) <> substr(b, j, 1))::int
      );
      least_of_row := least(least_of_row, current[j + 1]);
    END LOOP;
    IF least_of_row > at_most THEN
      RETURN NULL;
    END IF;
    previous := current;
  END LOOP;
  RETURN CASE WHEN previous[length(b) + 1] <= at_most THEN previous[length(b) + 1] END;
END
$$;
--> statement-breakpoint
CREATE FUNCTION check_cache_name(name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF name IS NULL OR length(name) > 128 OR name !~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$' THEN
    RAISE EXCEPTION '[cache-versions] % is not a cache name.', coalesce(quote_literal(left(name, 60)), 'NULL')
      USING ERRCODE = 'invalid_name',
        HINT = 'Use 1 to 128 characters: letters, digits, and _ . : / - after the first.';
  END IF;
END
$$;
--> statement-breakpoint
CREATE FUNCTION raise_unknown_cache(name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  slips int := least(greatest(2, length(name) / 3), 5);
  nearest text;
BEGIN
  PERFORM check_cache_name(name);
  SELECT cache INTO nearest FROM cache_versions, cache_name_distance(name, cache::text, slips) AS distance
    WHERE abs(length(cache::text) - length(name)) <= slips AND distance IS NOT NULL
    ORDER BY distance, cache LIMIT 1;
  RAISE EXCEPTION '[cache-versions] Cache "%" is not versioned.%', name,
    coalesce(' Did you mean "' || nearest || '"?', '')
    USING ERRCODE = 'undefined_object',
      HINT = 'Start it in a migration with: select start_cache_versioning(' || quote_literal(name) || ');';
END
$$;
--> statement-breakpoint
-- A transaction may say who it is for all its invalidations, those of triggers included:
-- set_config('cache_versions.actor', 'anna', true), and likewise reason and source.
CREATE FUNCTION cache_versions_setting(name text) RETURNS text LANGUAGE sql STABLE
RETURN nullif(current_setting('cache_versions.' || name, true), '');
--> statement-breakpoint
-- See docs/decisions/0012-a-session-without-triggers-is-refused.md
CREATE FUNCTION refuse_cache_invalidation() RETURNS xid8 LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '[cache-versions] Triggers are off in this session, so nothing would be invalidated.'
    USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Run this before the invalidation: set session_replication_role = origin;';
END
$$;
--> statement-breakpoint
-- A default speaks up where no trigger can. A subscription, or a restore, brings the ids of its lines along.
ALTER TABLE cache_invalidations ALTER COLUMN txid SET DEFAULT
  CASE WHEN current_setting('session_replication_role') = 'replica' THEN refuse_cache_invalidation()
    ELSE pg_current_xact_id() END;
--> statement-breakpoint
CREATE FUNCTION prepare_cache_invalidation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  known boolean;
  newest bigint;
BEGIN
  IF NEW.version IS NULL THEN
    -- Pending rows belong to the transaction that inserts them, whatever it claims.
    NEW.txid := pg_current_xact_id();
  ELSIF NEW.txid <> pg_current_xact_id() THEN
    -- A line that is restored stays as it was.
    RETURN NEW;
  END IF;
  NEW.reason := left(coalesce(NEW.reason, cache_versions_setting('reason')), 500);
  NEW.actor := left(coalesce(NEW.actor, cache_versions_setting('actor'), session_user::text), 200);
  NEW.source := left(coalesce(NEW.source, cache_versions_setting('source'), 'sql'), 20);
  SELECT EXISTS (SELECT FROM cache_versions WHERE cache::text = NEW.cache::text),
      (SELECT id FROM cache_invalidations ORDER BY id DESC LIMIT 1)
    INTO known, newest;
  IF NEW.version IS NULL AND NOT known THEN
    PERFORM raise_unknown_cache(NEW.cache::text);
  END IF;
  -- Lines may be ahead of the sequence: a restore sets it last, and a subscription never moves it.
  -- See docs/decisions/0040-numbers-skip-lines-that-came-without-their-sequence.md
  IF newest > pg_sequence_last_value('cache_invalidations_id_seq'::regclass) THEN
    PERFORM nextval('cache_invalidations_id_seq'::regclass) FROM generate_series(NEW.id, newest);
    NEW.id := nextval('cache_invalidations_id_seq'::regclass);
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER prepare_cache_invalidation BEFORE INSERT ON cache_invalidations
  FOR EACH ROW EXECUTE FUNCTION prepare_cache_invalidation();
--> statement-breakpoint
-- See docs/decisions/0041-many-invalidations-cost-the-same-each.md
CREATE FUNCTION apply_cache_invalidations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  pending text;
BEGIN
  -- The first row of a transaction applies them all, in one order for every transaction, so that two never wait for
  -- each other in a circle. Each of the others then finds itself applied, and must not look for more: Postgres would
  -- pass over all that were pending once, ten thousand times ten thousand rows.
  IF NOT EXISTS (
    SELECT FROM cache_invalidations WHERE txid = NEW.txid AND cache::text = NEW.cache::text AND version IS NULL
  ) THEN
    RETURN NULL;
  END IF;
  FOR pending IN
    SELECT cache FROM cache_invalidations WHERE txid = NEW.txid AND version IS NULL ORDER BY cache COLLATE "C"
  LOOP
    UPDATE cache_versions SET version = new_cache_version() WHERE cache::text = pending;
    IF NOT FOUND THEN
      RAISE EXCEPTION '[cache-versions] Cache "%" was stopped while this transaction invalidated it.', pending
        USING ERRCODE = 'undefined_object', HINT = 'Run the transaction again.';
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER apply_cache_invalidations AFTER INSERT ON cache_invalidations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version IS NULL)
  EXECUTE FUNCTION apply_cache_invalidations();
--> statement-breakpoint
-- See docs/decisions/0002-every-change-of-a-version-is-logged-in-one-place.md
-- See docs/decisions/0011-log-lines-are-numbered-in-the-order-of-commits.md
-- See docs/decisions/0039-starting-and-stopping-a-cache-is-logged.md
CREATE FUNCTION log_cache_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  newest record;
BEGIN
  -- Every change of a version comes past here: it settles the transaction's pending row, or is a plain statement.
  -- The cache's row is locked from here to the commit, so its lines are numbered in the order of their commits.
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version::text = OLD.version::text THEN
      RETURN NULL;
    END IF;
    UPDATE cache_invalidations
      SET id = DEFAULT, version = NEW.version, previous_version = OLD.version, invalidated_at = clock_timestamp()
      WHERE txid = pg_current_xact_id() AND cache::text = NEW.cache::text AND version IS NULL;
    IF NOT FOUND THEN
      INSERT INTO cache_invalidations (cache, version, previous_version) VALUES (NEW.cache, NEW.version, OLD.version);
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
CREATE TRIGGER log_cache_version AFTER INSERT OR DELETE OR UPDATE OF version ON cache_versions
  FOR EACH ROW EXECUTE FUNCTION log_cache_version();
--> statement-breakpoint
-- Starts versioning a cache. Starting it again changes nothing.
CREATE FUNCTION start_cache_versioning(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_cache_name(name);
  INSERT INTO cache_versions (cache, version) VALUES (name, new_cache_version()) ON CONFLICT DO NOTHING;
END
$$;
--> statement-breakpoint
-- Stops versioning a cache and drops the triggers that invalidate it on a write. Its log stays.
CREATE FUNCTION stop_cache_versioning(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cache_versions WHERE cache::text = name) THEN
    PERFORM raise_unknown_cache(name);
  END IF;
  PERFORM drop_cache_write_triggers(name, ARRAY(
    SELECT tgrelid FROM pg_trigger WHERE tgfoid = 'invalidate_cache_of_trigger()'::regprocedure::oid
  ));
  DELETE FROM cache_invalidations WHERE cache::text = name AND txid = pg_current_xact_id() AND version IS NULL;
  DELETE FROM cache_versions WHERE cache::text = name;
END
$$;
--> statement-breakpoint
-- Invalidates caches at COMMIT of this transaction; returns how many were named.
-- See docs/decisions/0001-pending-rows-have-the-unique-index-to-themselves.md
-- It locks cache_versions first, as everything that locks both tables.
-- See docs/decisions/0049-cache-versions-is-locked-before-the-log.md
CREATE FUNCTION invalidate_cache(VARIADIC names text[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  each_once text[] := ARRAY(SELECT DISTINCT name FROM pg_catalog.unnest(names) AS name);
BEGIN
  PERFORM FROM cache_versions LIMIT 1;
  INSERT INTO cache_invalidations (cache) SELECT name FROM pg_catalog.unnest(each_once) AS name ON CONFLICT DO NOTHING;
  RETURN pg_catalog.cardinality(each_once);
END
$$;
--> statement-breakpoint
-- Invalidates every cache at COMMIT of this transaction; returns how many there are.
CREATE FUNCTION invalidate_all_caches() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM cache_versions LIMIT 1;
  INSERT INTO cache_invalidations (cache) SELECT cache FROM cache_versions ON CONFLICT DO NOTHING;
  RETURN (SELECT count(*) FROM cache_versions);
END
$$;
--> statement-breakpoint
-- Invalidates caches at COMMIT, all of them for NULL, and returns their names. A name that is no cache is an error if
-- strict, else it is left out. The package calls this: a temporary table can stand in for a table, not for a function.
-- It tells the version of the schema that it was made for.
CREATE FUNCTION write_cache_invalidations(
  names text[], strict boolean, why text, who text, whence text, made_for int
) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  written text[] := CASE WHEN strict
    THEN ARRAY(SELECT DISTINCT name FROM pg_catalog.unnest(names) AS name)
    ELSE ARRAY(SELECT cache::text FROM cache_versions WHERE names IS NULL OR cache::text = ANY (names) ORDER BY cache)
  END;
BEGIN
  IF made_for < cache_versions_breaking_version() THEN
    RAISE EXCEPTION '[cache-versions] The schema of cache versions is version %, on which a package made for % cannot invalidate.',
      cache_versions_schema_version(), made_for
      USING ERRCODE = 'feature_not_supported', HINT = 'Upgrade the package next-cache-versions.';
  END IF;
  INSERT INTO cache_invalidations (cache, reason, actor, source)
    SELECT name, why, who, whence FROM pg_catalog.unnest(written) AS name ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT name FROM pg_catalog.unnest(written) AS name;
END
$$;
--> statement-breakpoint
CREATE FUNCTION invalidate_cache_of_trigger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_LEVEL = 'ROW' THEN
    -- Of a transaction's rows the first speaks for all; a savepoint that is rolled back forgets that it has.
    IF current_setting(TG_ARGV[1], true) = pg_current_xact_id()::text THEN
      RETURN NULL;
    END IF;
    PERFORM set_config(TG_ARGV[1], pg_current_xact_id()::text, true);
  END IF;
  PERFORM FROM cache_versions LIMIT 1;
  INSERT INTO cache_invalidations (cache, reason, source)
    VALUES (TG_ARGV[0], coalesce(cache_versions_setting('reason'), TG_OP || ' ' || TG_TABLE_NAME::text), 'trigger')
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION cache_trigger_name(kind text, cache text) RETURNS name LANGUAGE sql STABLE AS $$
  -- It ends with the schema, for another one may have an installation that watches the same table. What is too long for
  -- a name of Postgres is cut and told apart by a hash.
  SELECT (CASE WHEN octet_length(whole) < 64 THEN whole ELSE left(whole, 24) || '_' || md5(whole) END)::name
    FROM (
      SELECT 'invalidate_' || kind || '_' || cache || '@' || pronamespace::regnamespace::text
        FROM pg_proc WHERE oid = 'invalidate_cache_of_trigger()'::regprocedure::oid
    ) AS trigger_name(whole)
$$;
--> statement-breakpoint
CREATE FUNCTION cache_write_tables(relation regclass) RETURNS SETOF pg_class LANGUAGE sql STABLE AS $$
  -- The table with its partitions and children, at any depth.
  WITH RECURSIVE tables(oid) AS (
    SELECT relation::oid UNION SELECT inhrelid FROM pg_inherits JOIN tables ON inhparent = tables.oid
  )
  SELECT pg_class.* FROM pg_class JOIN tables USING (oid)
$$;
--> statement-breakpoint
CREATE FUNCTION drop_cache_write_triggers(name text, relations oid[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  dropped int := 0;
  watcher record;
BEGIN
  FOR watcher IN
    SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
      WHERE tgrelid = ANY (relations) AND tgfoid = 'invalidate_cache_of_trigger()'::regprocedure::oid
        AND tgname IN (cache_trigger_name('cache', name), cache_trigger_name('rows', name))
        -- Those of a partition go with their parent's.
        AND tgparentid = '0'
  LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', watcher.tgname, watcher.relation);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
--> statement-breakpoint
-- From now on each statement that writes to the table invalidates the cache: INSERT, UPDATE, DELETE, TRUNCATE, COPY,
-- MERGE, whether or not it finds a row. It costs one row a transaction, however many rows the statement writes.
-- Partitions are watched with their table. One that is made or attached later is watched row by row, TRUNCATE not at
-- all, until this is called again. So call it after a restore with --disable-triggers, which turns every trigger on.
-- See docs/decisions/0009-a-statement-that-finds-no-row-invalidates-too.md
-- See docs/decisions/0010-future-partitions-are-watched-row-by-row.md
CREATE FUNCTION invalidate_cache_on_write(name text, relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  statement_trigger name := cache_trigger_name('cache', name);
  row_trigger name := cache_trigger_name('rows', name);
  watched record;
BEGIN
  IF NOT EXISTS (SELECT FROM cache_versions WHERE cache::text = name) THEN
    PERFORM raise_unknown_cache(name);
  END IF;
  -- A statement fires the statement triggers of the table that it names, and of no partition or child of it.
  FOR watched IN SELECT oid::regclass AS relation FROM cache_write_tables(relation) LOOP
    EXECUTE pg_catalog.format(
      'CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
      'FOR EACH STATEMENT EXECUTE FUNCTION invalidate_cache_of_trigger(%L)',
      statement_trigger, watched.relation, name
    );
  END LOOP;
  -- Only row triggers are handed down to partitions to come. Those that are there already do without.
  IF (SELECT relkind FROM pg_class WHERE oid = relation::oid) = 'p' THEN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation::oid AND tgname = row_trigger) THEN
      EXECUTE pg_catalog.format(
        'CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION invalidate_cache_of_trigger(%L, %L)',
        row_trigger, relation, name, 'cache_versions.written_' || md5(row_trigger::text)
      );
    END IF;
    FOR watched IN SELECT oid::regclass AS relation FROM cache_write_tables(relation) WHERE relkind <> 'p' LOOP
      EXECUTE pg_catalog.format('ALTER TABLE %s DISABLE TRIGGER %I', watched.relation, row_trigger);
    END LOOP;
  END IF;
END
$$;
--> statement-breakpoint
-- Undoes invalidate_cache_on_write, for the table and its partitions.
CREATE FUNCTION stop_invalidating_cache_on_write(name text, relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF drop_cache_write_triggers(name, ARRAY(SELECT oid FROM cache_write_tables(relation))) = 0 THEN
    RAISE EXCEPTION '[cache-versions] Writes to % do not invalidate cache "%".', relation, name
      USING ERRCODE = 'undefined_object', HINT = 'Look at the triggers of that table and at the name of the cache.';
  END IF;
END
$$;
--> statement-breakpoint
-- Deletes lines of the log that are older than that, the oldest first and at most so many, and returns how many. Call
-- it until it returns 0: each call is short. The newest line of each cache stays.
CREATE FUNCTION prune_cache_invalidations(older_than interval DEFAULT '90 days', at_most int DEFAULT 10000)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  -- One step of the index a cache, however long the log is.
  newest bigint[] := ARRAY(
    WITH RECURSIVE newest AS (
      (SELECT cache, id FROM cache_invalidations WHERE version IS NOT NULL ORDER BY cache DESC, id DESC LIMIT 1)
      UNION ALL
      SELECT next.cache, next.id FROM newest, LATERAL (
        SELECT cache, id FROM cache_invalidations WHERE version IS NOT NULL AND cache::text < newest.cache::text
          ORDER BY cache DESC, id DESC LIMIT 1
      ) AS next
    )
    SELECT id FROM newest
  );
  deleted int;
BEGIN
  DELETE FROM cache_invalidations WHERE id = ANY (ARRAY(
    SELECT id FROM cache_invalidations
      WHERE invalidated_at < now() - older_than AND version IS NOT NULL AND id <> ALL (newest)
      ORDER BY invalidated_at LIMIT at_most FOR UPDATE SKIP LOCKED
  ));
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END
$$;
--> statement-breakpoint
-- The functions find these tables whatever search_path a caller has, and neither a temporary table nor anything else
-- that a caller made gets before them or before what is Postgres's own. They use the indexes of a log that is short yet:
-- a plan is kept while one statement makes it long.
-- See docs/decisions/0038-functions-fix-their-search-path.md
DO $$
DECLARE
  ours regprocedure;
BEGIN
  IF to_regclass(format('%I.cache_versions', current_schema())) IS NULL THEN
    RAISE EXCEPTION '[cache-versions] The tables are in another schema than "%", where the functions would be.',
      current_schema() USING HINT = 'Set search_path to the schema of cache_versions, and run this again.';
  END IF;
  FOREACH ours IN ARRAY ARRAY[
    'raise_unknown_cache(text)', 'prepare_cache_invalidation()', 'apply_cache_invalidations()', 'log_cache_version()',
    'start_cache_versioning(text)', 'stop_cache_versioning(text)', 'invalidate_cache(text[])',
    'invalidate_all_caches()', 'write_cache_invalidations(text[], boolean, text, text, text, int)',
    'invalidate_cache_of_trigger()', 'cache_trigger_name(text, text)',
    'drop_cache_write_triggers(text, oid[])', 'invalidate_cache_on_write(text, regclass)',
    'stop_invalidating_cache_on_write(text, regclass)', 'prune_cache_invalidations(interval, int)'
  ]::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', ours, current_schema());
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', ours);
  END LOOP;
END
$$;
--> statement-breakpoint
-- Triggers act with the rights of the functions' owner, so a stranger may not put them on a table of his own. A role
-- that is granted the last one may, and so can invalidate any cache.
REVOKE EXECUTE ON FUNCTION prepare_cache_invalidation(), apply_cache_invalidations(), log_cache_version(),
  invalidate_cache_of_trigger() FROM PUBLIC;
