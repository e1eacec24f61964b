import type { Migration } from './drizzle/migrations.ts'

const nameCheck = "cache ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$'"

/** Both ways pass through here: whoever changes a version, starts or stops a cache, it is logged. */
function logTrigger(table: string): string {
  return (
    `CREATE TRIGGER log_cache_version AFTER INSERT OR DELETE OR UPDATE OF version ON ${table}\n` +
    '  FOR EACH ROW EXECUTE FUNCTION log_cache_version();'
  )
}

/** And here, so that servers give up the leases of the versions first; it cannot be left out by a session's settings. */
function recallTriggers(table: string): string[] {
  const call = 'EXECUTE FUNCTION recall_cache_version_leases();'
  return [
    `CREATE TRIGGER recall_cache_version_leases BEFORE INSERT OR UPDATE OR DELETE ON ${table}\n` +
      "  FOR EACH ROW WHEN (current_setting('cache_versions.recalled', true) IS DISTINCT FROM pg_current_xact_id()::text)\n" +
      `  ${call}`,
    `CREATE TRIGGER recall_cache_version_leases_of_all BEFORE TRUNCATE ON ${table}\n` +
      `  FOR EACH STATEMENT ${call}`,
    `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER recall_cache_version_leases,\n` +
      '  ENABLE ALWAYS TRIGGER recall_cache_version_leases_of_all;',
  ]
}

/** Who could use the former cache_versions may use its successor likewise. */
const copyGrants = `DO $$
DECLARE
  granted text;
BEGIN
  FOR granted IN
    SELECT format('GRANT %s%s ON cache_versions TO %s%s', acl.privilege_type, acl.columns,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
        CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM (
        SELECT acl.*, '' AS columns FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) AS acl
          WHERE oid = 'former_cache_versions'::regclass
        UNION ALL
        SELECT acl.*, format(' (%I)', attname) FROM pg_attribute, aclexplode(attacl) AS acl
          WHERE attrelid = 'former_cache_versions'::regclass
      ) AS acl
      -- Its owner has every right anyway.
      WHERE acl.grantee <> (SELECT relowner FROM pg_class WHERE oid = 'cache_versions'::regclass)
  LOOP
    EXECUTE granted;
  END LOOP;
END
$$;`

/**
 * The migration after which `cache_versions` is a view of the adopted table. A view of this simplicity passes rows,
 * their locks and every statement on to its table, so nothing else has to know.
 * See docs/decisions/0013-another-programs-table-is-adopted-by-a-view.md
 */
export function adoption(table: string, command: string): Migration {
  const bare = table.replaceAll('"', '')
  return {
    name: 'adopt_cache_versions',
    comment: [
      `Keeps the versions in ${bare}, which another program has and writes to. cache_versions becomes a view of it.`,
      'Versions that both have are from now on those of the other program.',
      `Reversed by: ${command} --table ${bare} --reverse`,
    ],
    statements: [
      `LOCK TABLE cache_versions, ${table} IN ACCESS EXCLUSIVE MODE;`,
      `INSERT INTO ${table} (cache, version) SELECT cache, version FROM cache_versions ON CONFLICT (cache) DO NOTHING;`,
      'ALTER TABLE cache_versions RENAME TO former_cache_versions;',
      `ALTER TABLE ${table} ADD CONSTRAINT cache_versions_cache_name CHECK (${nameCheck});`,
      `CREATE VIEW cache_versions AS SELECT cache, version FROM ${table};`,
      copyGrants,
      'DROP TABLE former_cache_versions;',
      logTrigger(table),
      ...recallTriggers(table),
    ],
  }
}

/** The migration after which `cache_versions` is a table again. The other program keeps its own, with its rows. */
export function release(table: string, command: string): Migration {
  const bare = table.replaceAll('"', '')
  return {
    name: 'release_cache_versions',
    comment: [
      `Keeps the versions in a table of their own again. ${bare} is left with the rows that it has.`,
      `Reversed by: ${command} --table ${bare}`,
    ],
    statements: [
      `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE;`,
      'ALTER VIEW cache_versions RENAME TO former_cache_versions;',
      `DROP TRIGGER log_cache_version ON ${table};`,
      `DROP TRIGGER recall_cache_version_leases ON ${table};`,
      `DROP TRIGGER recall_cache_version_leases_of_all ON ${table};`,
      `ALTER TABLE ${table} DROP CONSTRAINT cache_versions_cache_name;`,
      'CREATE TABLE cache_versions (\n' +
        '  cache varchar(128) PRIMARY KEY NOT NULL,\n' +
        '  version char(8) NOT NULL,\n' +
        `  CONSTRAINT cache_versions_cache_name CHECK (${nameCheck})\n` +
        ');',
      copyGrants,
      'DROP VIEW former_cache_versions;',
      `INSERT INTO cache_versions (cache, version) SELECT cache, version FROM ${table};`,
      logTrigger('cache_versions'),
      ...recallTriggers('cache_versions'),
    ],
  }
}
