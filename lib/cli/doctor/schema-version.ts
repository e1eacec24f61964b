import type { Sql } from 'postgres'
import { packageSql } from '../../sql/package-sql.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Schema')

/** The version that the schema tells of itself, against the one that functions.sql makes; none where it tells none. */
export async function versionFindings(
  sql: Sql,
  upgrade: string,
  newest = packageSql().version,
): Promise<Finding[]> {
  const [there] = await sql`
    select from pg_proc where proname = 'cache_versions_schema_version'
      and pronamespace = (select relnamespace from pg_class where oid = to_regclass('cache_invalidations'))`
  if (!there) return []
  const [installed] = await sql<{ version: number; breaking: number }[]>`
    select cache_versions_schema_version() as version, cache_versions_breaking_version() as breaking`
  const { version, breaking } = installed ?? { version: 0, breaking: 0 }
  if (version === newest) return [ok(`It is version ${version}`)]
  const found = `It is version ${version}, and this package was made for ${newest}`
  if (breaking > newest) {
    return [wrong(found, 'Its invalidations are refused.', 'Upgrade the package next-cache-versions.')]
  }
  if (version < newest) return [warning(found, 'What is new in it is lacking.', upgrade)]
  return [ok(`${found}: they work together`)]
}
