import type { Migration } from '../command/migrations.ts'

const nameCheck = "cache ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$'"

/** Both ways pass through here: whoever changes a version, it is logged. */
function logTrigger(table: string): string {
  return (
    `CREATE TRIGGER log_cache_version AFTER UPDATE OF version ON ${table}\n` +
    '  FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION log_cache_version();'
  )
}

/**
 * The migration after which `cache_versions` is a view of the adopted table. A view of this simplicity passes rows,
 * their locks and every statement on to its table, so nothing else has to know.
 */
export function adoption(table: string): Migration {
  const bare = table.replaceAll('"', '')
  return {
    name: 'adopt_cache_versions',
    comment: [
      `Keeps the versions in ${bare}, which another program has and writes to. cache_versions becomes a view of it.`,
      'Versions that both have are from now on those of the other program.',
      `Reversed by: pnpm tsx scripts/adopt.ts --table ${bare} --reverse`,
    ],
    statements: [
      `LOCK TABLE cache_versions, ${table} IN ACCESS EXCLUSIVE MODE;`,
      `INSERT INTO ${table} (cache, version) SELECT cache, version FROM cache_versions ON CONFLICT (cache) DO NOTHING;`,
      'DROP TABLE cache_versions;',
      `ALTER TABLE ${table} ADD CONSTRAINT cache_versions_cache_name CHECK (${nameCheck});`,
      `CREATE VIEW cache_versions AS SELECT cache, version FROM ${table};`,
      logTrigger(table),
    ],
  }
}

/** The migration after which `cache_versions` is a table again. The other program keeps its own, with its rows. */
export function release(table: string): Migration {
  const bare = table.replaceAll('"', '')
  return {
    name: 'release_cache_versions',
    comment: [
      `Keeps the versions in a table of their own again. ${bare} is left with the rows that it has.`,
      `Reversed by: pnpm tsx scripts/adopt.ts --table ${bare}`,
    ],
    statements: [
      `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE;`,
      'DROP VIEW cache_versions;',
      `DROP TRIGGER log_cache_version ON ${table};`,
      `ALTER TABLE ${table} DROP CONSTRAINT cache_versions_cache_name;`,
      'CREATE TABLE cache_versions (\n' +
        '  cache varchar(128) PRIMARY KEY NOT NULL,\n' +
        '  version char(8) NOT NULL,\n' +
        `  CONSTRAINT cache_versions_cache_name CHECK (${nameCheck})\n` +
        ');',
      `INSERT INTO cache_versions (cache, version) SELECT cache, version FROM ${table};`,
      logTrigger('cache_versions'),
    ],
  }
}
