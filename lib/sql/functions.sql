
-- The verbs of next-cache-versions, for every language that speaks SQL. The tables are in the schema. The first line is
-- empty, because what this text is put after may be a comment whose line has no end, as in a migration of drizzle-kit.

DO $$
BEGIN
  IF to_regclass(format('%I.cache_versions', current_schema())) IS NULL THEN
    RAISE EXCEPTION '[cache-versions] The tables are in another schema than "%", where the functions would be.',
      current_schema() USING HINT = 'Set search_path to the schema of cache_versions, and run this again.';
  END IF;
END
$$;
--> statement-breakpoint
-- The version of this schema, which each step of an upgrade raises.
-- See docs/decisions/0047-the-schema-tells-its-version.md
CREATE FUNCTION cache_versions_schema_version() RETURNS int LANGUAGE sql STABLE RETURN 2;
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
-- All tags and paths that are no cache of their own are one more cache: each change of its version is the change of the
-- tags that the log names beside it. Its row is there once one has been invalidated.
-- See docs/decisions/0054-all-tags-are-one-more-cache.md
CREATE FUNCTION cache_of_tags() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'next-cache-versions/tags';
--> statement-breakpoint
-- Returns the tag as entries have it: Next encodes what a header cannot carry (`server/lib/encode-header-safe.js`), and
-- no index can hold what is too long. A "*" at the end of that stands for more then, never for less.
CREATE FUNCTION cache_tag_text(tag text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF tag COLLATE "C" ~ E'[^\\t -~]' THEN
    tag := (
      SELECT string_agg(CASE WHEN run[1] ~ E'^[\\t -~]' THEN run[1]
          ELSE regexp_replace(upper(encode(pg_catalog.convert_to(run[1], 'UTF8'), 'hex')), '(..)', E'%\\1', 'g') END, '' ORDER BY place)
        FROM regexp_matches(tag COLLATE "C", E'[\\t -~]+|[^\\t -~]+', 'g') WITH ORDINALITY AS runs(run, place)
    );
  END IF;
  RETURN CASE WHEN length(tag) <= 448 OR length(tag) = 513 AND substr(tag, 449) ~ '^~[0-9a-f]{64}$' THEN tag
    WHEN right(tag, 1) = '*' THEN left(tag, 448) || '*'
    ELSE left(tag, 448) || '~' || encode(sha256(pg_catalog.convert_to(tag, 'UTF8')), 'hex') END;
END
$$;
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
  IF NEW.cache::text = cache_of_tags() THEN
    -- Without a tag it is every tag, as where somebody changes the version itself.
    NEW.tag := coalesce(nullif(cache_tag_text(NEW.tag), ''), '*');
    IF NEW.version IS NULL THEN
      -- Of two in one transaction the one that expires sooner counts. Who invalidates needs no right to UPDATE for it.
      UPDATE cache_invalidations SET expire_seconds = NEW.expire_seconds
        WHERE txid = NEW.txid AND cache::text = NEW.cache::text AND tag = NEW.tag AND version IS NULL
          AND expire_seconds > NEW.expire_seconds;
    END IF;
  ELSIF NEW.version IS NULL AND NOT known THEN
    PERFORM raise_unknown_cache(NEW.cache::text);
  ELSE
    NEW.tag := '';
    NEW.expire_seconds := 0;
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
    SELECT FROM cache_invalidations
      WHERE txid = NEW.txid AND cache::text = NEW.cache::text AND tag = NEW.tag AND version IS NULL
  ) THEN
    RETURN NULL;
  END IF;
  FOR pending IN
    SELECT DISTINCT cache COLLATE "C" FROM cache_invalidations WHERE txid = NEW.txid AND version IS NULL ORDER BY 1
  LOOP
    UPDATE cache_versions SET version = new_cache_version() WHERE cache::text = pending;
    IF NOT FOUND AND pending = cache_of_tags() THEN
      -- Another may insert it as well, and is waited for in the order of all rows.
      INSERT INTO cache_versions (cache, version) VALUES (pending, new_cache_version()) ON CONFLICT DO NOTHING;
      UPDATE cache_versions SET version = new_cache_version() WHERE cache::text = pending;
    END IF;
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
    -- A plain statement stands for every tag, whichever ones the transaction has named before.
    IF NOT FOUND OR NEW.cache::text = cache_of_tags() AND pg_trigger_depth() = 1 THEN
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
  INSERT INTO cache_invalidations (cache)
    SELECT cache FROM cache_versions UNION SELECT cache_of_tags() ON CONFLICT DO NOTHING;
  RETURN (SELECT count(*) FROM cache_versions WHERE cache::text <> cache_of_tags());
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
    ELSE ARRAY(
      SELECT cache::text FROM cache_versions WHERE names IS NULL OR cache::text = ANY (names)
        UNION SELECT cache_of_tags() WHERE names IS NULL ORDER BY cache
    )
  END;
BEGIN
  IF made_for < cache_versions_breaking_version() THEN
    RAISE EXCEPTION '[cache-versions] The schema of cache versions is version %, on which a package made for % cannot invalidate.',
      cache_versions_schema_version(), made_for
      USING ERRCODE = 'feature_not_supported', HINT = 'Upgrade the package next-cache-versions.';
  END IF;
  INSERT INTO cache_invalidations (cache, reason, actor, source)
    SELECT name, why, who, whence FROM pg_catalog.unnest(written) AS name ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT name FROM pg_catalog.unnest(written) AS name WHERE name <> cache_of_tags();
END
$$;
--> statement-breakpoint
-- Invalidates tags at COMMIT of this transaction, as entries of Next carry them; returns how many were named. A tag that
-- names a cache invalidates the cache. A tag that ends in "*" stands for all that begin so, caches among them.
CREATE FUNCTION invalidate_tag(VARIADIC tags text[]) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM write_tag_invalidations(tags, 0, NULL, NULL, NULL, cache_versions_schema_version());
  RETURN (SELECT count(*) FROM (SELECT DISTINCT each FROM pg_catalog.unnest(tags) AS each) AS each_once);
END
$$;
--> statement-breakpoint
-- Invalidates tags at COMMIT, and returns for each whether it names a cache, which is invalidated then, and so are those
-- that begin as a tag before its "*". With seconds it does so only after them: until then entries are stale, and are
-- served once more while they are revalidated. The package calls this.
CREATE FUNCTION write_tag_invalidations(
  tags text[], seconds int, why text, who text, whence text, made_for int
) RETURNS TABLE (name text, is_cache boolean) LANGUAGE plpgsql AS $$
DECLARE
  each_once text[] := ARRAY(SELECT DISTINCT each FROM pg_catalog.unnest(tags) AS each);
  beginnings text[] := ARRAY(SELECT left(each, -1) FROM pg_catalog.unnest(each_once) AS each WHERE right(each, 1) = '*');
  caches text[];
BEGIN
  IF made_for < cache_versions_breaking_version() THEN
    RAISE EXCEPTION '[cache-versions] The schema of cache versions is version %, on which a package made for % cannot invalidate.',
      cache_versions_schema_version(), made_for
      USING ERRCODE = 'feature_not_supported', HINT = 'Upgrade the package next-cache-versions.';
  ELSIF '' = ANY (each_once) OR pg_catalog.array_position(each_once, NULL) IS NOT NULL THEN
    RAISE EXCEPTION '[cache-versions] An empty text is no tag.' USING ERRCODE = 'invalid_name';
  END IF;
  caches := ARRAY(
    SELECT cache::text FROM cache_versions
      WHERE seconds = 0 AND cache::text <> cache_of_tags() AND (cache::text = ANY (each_once)
        OR EXISTS (SELECT FROM pg_catalog.unnest(beginnings) AS beginning WHERE starts_with(cache::text, beginning)))
  );
  INSERT INTO cache_invalidations (cache, reason, actor, source)
    SELECT each, why, who, whence FROM pg_catalog.unnest(caches) AS each ON CONFLICT DO NOTHING;
  INSERT INTO cache_invalidations (cache, tag, expire_seconds, reason, actor, source)
    SELECT DISTINCT cache_of_tags(), cache_tag_text(part), seconds, why, who, whence
      -- Next joins the tags of a page by commas.
      FROM pg_catalog.unnest(each_once) AS each, pg_catalog.unnest(each || pg_catalog.string_to_array(each, ',')) AS part
      WHERE each <> ALL (caches) AND part <> ''
    ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT DISTINCT each, each = ANY (caches) FROM pg_catalog.unnest(each_once || caches) AS each;
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
-- Returns the tag of a pattern, such as "post:{id}", as an expression over a row of the table. It runs with the rights of
-- our owner, so a type that is none of Postgres's own is put out as text, and no cast of its owner is called.
CREATE FUNCTION cache_tag_expression(pattern text, relation regclass) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  part record;
  parts text[] := '{}';
BEGIN
  IF pattern IS NULL OR pattern !~ '^([^{}]|[{][^{}]+[}])+$' OR pattern ~ '[*][{]|[}][*]' THEN
    RAISE EXCEPTION '[cache-versions] % is not a pattern of tags.', coalesce(pg_catalog.quote_literal(pattern), 'NULL')
      USING ERRCODE = 'invalid_name', HINT = 'Write a tag, with columns of the table in braces and no "*" beside them: post:{id}';
  END IF;
  FOR part IN
    SELECT token[1] AS plain, token[2] AS named, attname, base.typnamespace = 'pg_catalog'::regnamespace::oid AS is_built_in
      FROM regexp_matches(pattern, '([^{}]+)|[{]([^{}]+)[}]', 'g') WITH ORDINALITY AS tokens(token, place)
        LEFT JOIN pg_attribute ON attrelid = relation::oid AND attname::text = token[2] AND attnum > '0' AND NOT attisdropped
          -- A trigger does not see what is computed when it is read.
          AND attgenerated <> 'v'
        LEFT JOIN pg_type AS declared ON declared.oid = atttypid
        -- Of a domain it is the type beneath.
        LEFT JOIN pg_type AS base ON base.oid = coalesce(nullif(declared.typbasetype, '0'), declared.oid)
      ORDER BY place
  LOOP
    IF part.named IS NOT NULL AND part.attname IS NULL THEN
      RAISE EXCEPTION '[cache-versions] Writes to % cannot invalidate "%": there is no stored column "%". There are %.',
        relation, pattern, part.named, (
          SELECT string_agg(attname::text, ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = relation::oid AND attnum > '0' AND NOT attisdropped AND attgenerated <> 'v'
        )
        USING ERRCODE = 'undefined_column', HINT = pg_catalog.format(
          'Name them all as they are now: select invalidate_tag_on_write(%L, ...);', relation);
    END IF;
    parts := parts || pg_catalog.format(
      CASE WHEN part.plain IS NOT NULL THEN '%1$L' WHEN part.is_built_in THEN 'r.%2$I::text'
        -- NULL is put out as an empty text.
        ELSE 'CASE WHEN pg_catalog.num_nulls(r.%2$I) = 0 THEN pg_catalog.format(''%%s'', r.%2$I) END' END,
      part.plain, part.attname);
  END LOOP;
  RETURN pg_catalog.array_to_string(parts, ' || ');
END
$$;
--> statement-breakpoint
-- Settings make the text of a time, say, the same for every writer.
CREATE FUNCTION invalidate_tags_of_trigger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
DECLARE
  most int := 1000;
  rows_of text[] := CASE TG_LEVEL WHEN 'ROW' THEN '{(SELECT ($1).*),(SELECT ($2).*)}' ELSE '{old_rows,new_rows}' END;
  setting text := 'cache_versions.tags_' || md5(TG_RELID::text || TG_NAME::text || TG_ARGV::text);
  -- How many tags of each pattern this trigger has written in this transaction. Its end forgets them, and so does a
  -- savepoint that is rolled back.
  counts int[] := coalesce(nullif(current_setting(setting, true), '')::int[], pg_catalog.array_fill(0, ARRAY[TG_NARGS]));
  pattern text;
  expression text;
  found_tags text[];
  tags text[] := '{}';
BEGIN
  FOR nth IN 1 .. TG_NARGS LOOP
    CONTINUE WHEN counts[nth] > most;
    pattern := TG_ARGV[nth - 1];
    IF TG_OP = 'TRUNCATE' THEN
      counts[nth] := most + 1;
    ELSE
      expression := cache_tag_expression(pattern, TG_RELID::regclass);
      EXECUTE pg_catalog.format(
        'SELECT ARRAY(SELECT regexp_replace(tag, %L, ''%%2A'', ''g'') FROM '
        '(SELECT DISTINCT tag FROM (%s) AS tags WHERE tag <> '''' LIMIT %s) AS each_once)',
        -- A "*" that a column brings is a letter, and is written as entries have it: it must not stand for others.
        CASE right(pattern, 1) WHEN '*' THEN '[*](?=,)' ELSE '[*](?=,|$)' END, (
          SELECT string_agg(pg_catalog.format('SELECT (%s) COLLATE "C" AS tag FROM %s AS r', expression, source), ' UNION ALL ')
            FROM pg_catalog.unnest(CASE TG_OP WHEN 'INSERT' THEN rows_of[2:2] WHEN 'DELETE' THEN rows_of[1:1] ELSE rows_of END)
              AS source
        ), most + 1
      ) INTO found_tags USING OLD, NEW;
      counts[nth] := counts[nth] + pg_catalog.cardinality(found_tags);
    END IF;
    tags := tags || CASE WHEN counts[nth] <= most THEN found_tags
      ELSE ARRAY[regexp_replace(pattern, '[{].*', '*')] END;
  END LOOP;
  IF tags <> '{}' THEN
    PERFORM set_config(setting, counts::text, true);
    PERFORM write_tag_invalidations(tags, 0,
      coalesce(cache_versions_setting('reason'), TG_OP || ' ' || TG_TABLE_NAME::text), NULL, 'trigger',
      cache_versions_schema_version());
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- From now on whoever changes a row of the table invalidates its tags, of its old and of its new values: of the pattern
-- "post:{id}" the tag "post:42". A row that is NULL there has no such tag. More than a thousand tags of a pattern in one
-- transaction are one, "post:*", and so is TRUNCATE. The patterns replace those of a call before.
-- Partitions and children are watched with their table. A partition that is made or attached later is watched row by
-- row, TRUNCATE not at all, and a child that is made later not at all, until this is called again.
-- See docs/decisions/0056-triggers-read-the-tags-of-rows-once-a-statement.md
CREATE FUNCTION invalidate_tag_on_write(relation regclass, VARIADIC patterns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  arguments text := (
    SELECT string_agg(pg_catalog.quote_literal(pattern), ', ' ORDER BY place)
      FROM pg_catalog.unnest(patterns) WITH ORDINALITY AS each(pattern, place)
  );
  row_trigger name := cache_trigger_name('tags', 'row');
  watched record;
BEGIN
  IF arguments IS NULL THEN
    PERFORM cache_tag_expression(NULL, relation);
  END IF;
  PERFORM cache_tag_expression(pattern, relation) FROM pg_catalog.unnest(patterns) AS pattern;
  FOR watched IN
    SELECT oid::regclass AS relation, operation, transition FROM cache_write_tables(relation), (VALUES
      ('INSERT', 'REFERENCING NEW TABLE AS new_rows'), ('DELETE', 'REFERENCING OLD TABLE AS old_rows'),
      ('UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'), ('TRUNCATE', '')
    ) AS written(operation, transition)
  LOOP
    EXECUTE pg_catalog.format(
      'CREATE OR REPLACE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION invalidate_tags_of_trigger(%s)',
      cache_trigger_name('tags', lower(watched.operation)), watched.operation, watched.relation, watched.transition, arguments
    );
  END LOOP;
  IF (SELECT relkind FROM pg_class WHERE oid = relation::oid) = 'p' THEN
    EXECUTE pg_catalog.format(
      'CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %s '
      'FOR EACH ROW EXECUTE FUNCTION invalidate_tags_of_trigger(%s)', row_trigger, relation, arguments
    );
    FOR watched IN SELECT oid::regclass AS relation FROM cache_write_tables(relation) WHERE relkind <> 'p' LOOP
      EXECUTE pg_catalog.format('ALTER TABLE %s DISABLE TRIGGER %I', watched.relation, row_trigger);
    END LOOP;
  END IF;
END
$$;
--> statement-breakpoint
-- Undoes invalidate_tag_on_write, for the table and its partitions.
CREATE FUNCTION stop_invalidating_tag_on_write(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  watcher record;
BEGIN
  FOR watcher IN
    SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
      WHERE tgrelid = ANY (ARRAY(SELECT oid FROM cache_write_tables(relation))) AND tgparentid = '0'
        AND tgfoid = 'invalidate_tags_of_trigger()'::regprocedure::oid
  LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', watcher.tgname, watcher.relation);
  END LOOP;
  IF NOT FOUND THEN
    RAISE EXCEPTION '[cache-versions] Writes to % do not invalidate tags.', relation
      USING ERRCODE = 'undefined_object', HINT = 'Look at the triggers of that table.';
  END IF;
END
$$;
--> statement-breakpoint
-- Deletes lines of the log that are older than that, the oldest first and at most so many, and returns how many. Call
-- it until it returns 0: each call is short. The newest line of each cache stays. Of the tags one line stays that stands
-- for all that was deleted, so that an entry older than the log is stale.
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
  old bigint[] := ARRAY(
    SELECT id FROM cache_invalidations
      WHERE invalidated_at < now() - older_than AND version IS NOT NULL AND id <> ALL (newest)
      ORDER BY invalidated_at LIMIT at_most + 1 FOR UPDATE SKIP LOCKED
  );
  last_of_tags bigint := (SELECT max(id) FROM cache_invalidations WHERE id = ANY (old) AND tag <> '');
  deleted int;
BEGIN
  IF last_of_tags IS NULL THEN
    old := old[:at_most];
  END IF;
  UPDATE cache_invalidations SET tag = '*', expire_seconds = 0, reason = 'pruned'
    WHERE id = last_of_tags AND (tag <> '*' OR expire_seconds > 0);
  DELETE FROM cache_invalidations WHERE id = ANY (old) AND id IS DISTINCT FROM last_of_tags;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END
$$;
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
-- The functions find these tables whatever search_path a caller has, and neither a temporary table nor anything else
-- that a caller made gets before them or before what is Postgres's own. They use the indexes of a log that is short yet:
-- a plan is kept while one statement makes it long.
-- See docs/decisions/0038-functions-fix-their-search-path.md
DO $$
DECLARE
  ours regprocedure;
BEGIN
  FOREACH ours IN ARRAY ARRAY[
    'raise_unknown_cache(text)', 'prepare_cache_invalidation()', 'apply_cache_invalidations()', 'log_cache_version()',
    'start_cache_versioning(text)', 'stop_cache_versioning(text)', 'invalidate_cache(text[])',
    'invalidate_all_caches()', 'write_cache_invalidations(text[], boolean, text, text, text, int)',
    'invalidate_tag(text[])', 'write_tag_invalidations(text[], int, text, text, text, int)',
    'invalidate_tags_of_trigger()', 'cache_tag_expression(text, regclass)', 'invalidate_tag_on_write(regclass, text[])',
    'stop_invalidating_tag_on_write(regclass)', 'invalidate_cache_of_trigger()', 'cache_trigger_name(text, text)',
    'drop_cache_write_triggers(text, oid[])', 'invalidate_cache_on_write(text, regclass)',
    'stop_invalidating_cache_on_write(text, regclass)', 'prune_cache_invalidations(interval, int)',
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
-- Triggers act with the rights of the functions' owner, so a stranger may not put them on a table of his own. A role
-- that is granted the last one may, and so can invalidate any cache.
REVOKE EXECUTE ON FUNCTION prepare_cache_invalidation(), apply_cache_invalidations(), log_cache_version(),
  recall_cache_version_leases(), invalidate_cache_of_trigger(), invalidate_tags_of_trigger() FROM PUBLIC;
