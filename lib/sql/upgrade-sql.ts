import { CacheVersionsError } from '../base/error.ts'
import { breakpoint, type PackageSql, packageSql, type Step } from './package-sql.ts'

export interface Span {
  /** The version of the installed schema. */
  readonly from: number
  /** Default: the newest. */
  readonly to?: number | undefined
}

/**
 * Returns the SQL that upgrades the schema from one version to another, for any migration tool. Run it in one
 * transaction, by the owner of the tables, with their schema first in `search_path`. It changes nothing in a schema of
 * another version.
 *
 * @throws CacheVersionsError `invalid-argument` where there are no such steps.
 */
export function upgradeSql(span: Span, sql: PackageSql = packageSql()): string {
  return stepsBetween(span, sql).map(stepSql).join(breakpoint)
}

/** The same as a custom migration for drizzle-kit. */
export function customMigration(
  span: Span,
  sql: PackageSql = packageSql(),
): { name: string; comment: string[]; statements: string[] } {
  const { from, to = sql.version } = span
  return {
    name: `cache_versions_${to}`,
    comment: [`Upgrades the schema of next-cache-versions from version ${from} to ${to}.`],
    statements: upgradeSql(span, sql).split(breakpoint),
  }
}

function stepsBetween({ from, to }: Span, { version, steps }: PackageSql): Step[] {
  const end = to ?? version
  const chosen = steps.filter((step) => step.from >= from && step.to <= end)
  if (from < end && chosen.length === end - from) return chosen
  throw new CacheVersionsError(
    'invalid-argument',
    `There is no upgrade of the schema from version ${from} to ${end}. The newest version of this package is ${version}.`,
  )
}

function stepSql({ from, to, breaking, sql }: Step): string {
  const functions = ['schema', ...(breaking ? ['breaking'] : [])]
  return [
    guard(from, to),
    sql,
    ...functions.map(
      (name) =>
        `CREATE OR REPLACE FUNCTION cache_versions_${name}_version() RETURNS int LANGUAGE sql STABLE RETURN ${to};`,
    ),
    'SET LOCAL lock_timeout TO DEFAULT;',
  ].join(breakpoint)
}

/**
 * Whoever reads the versions queues behind a step that waits for a table. So it gives up long before a read of the
 * package does, and before Postgres looks for deadlocks, which it then loses against no invalidation.
 */
const longestWait = '100ms'

function guard(from: number, to: number): string {
  return `-- From ${from} to ${to}.
DO $$
BEGIN
  IF to_regclass(format('%I.cache_versions', current_schema())) IS NULL THEN
    RAISE EXCEPTION '[cache-versions] There is no cache_versions in the schema "%".', current_schema()
      USING HINT = 'Set search_path to the schema of cache_versions, and run this again.';
  END IF;
  IF cache_versions_schema_version() <> ${from} THEN
    RAISE EXCEPTION '[cache-versions] The schema of cache versions is version %, and this upgrades version ${from}.',
      cache_versions_schema_version();
  END IF;
END
$$;${breakpoint}SET LOCAL lock_timeout = '${longestWait}';`
}
