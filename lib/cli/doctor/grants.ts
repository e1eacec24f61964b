import type { Sql } from 'postgres'
import { readColumns } from '../../versions/tags/permission.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Grants')

interface Grants {
  role: string
  reads: boolean
  judges: boolean
  invalidates: boolean
  admits: boolean
}

/** What the role may do, as docs/sql.md has it under Roles. */
export async function grantFindings(sql: Sql): Promise<Finding[]> {
  const [grants] = await sql<Grants[]>`
    select current_user::text as role, has_table_privilege('cache_versions', 'select') as reads,
      -- An older schema has no tags.
      (
        select bool_and(has_column_privilege('cache_invalidations', attname, 'select')) from pg_attribute
        where attrelid = 'cache_invalidations'::regclass and attname::text = any (string_to_array(${readColumns.join()}, ','))
      ) as judges,
      has_table_privilege('cache_invalidations', 'select') and (
        select bool_and(has_column_privilege('cache_invalidations', attname, 'insert')) from pg_attribute
        where attrelid = 'cache_invalidations'::regclass
          and attname in ('cache', 'tag', 'expire_seconds', 'reason', 'actor', 'source')
      ) as invalidates,
      has_table_privilege('cache_admin_tokens', 'select') and has_table_privilege('cache_admin_tokens', 'insert')
        and has_table_privilege('cache_admin_tokens', 'delete') as admits`
  if (!grants) return []
  const { role, reads, judges, invalidates, admits } = grants
  const to = `to "${role}";`
  return [
    reads
      ? ok(`"${role}" may read versions`)
      : wrong(
          `"${role}" may not read versions`,
          'Whatever needs a version is an error.',
          `grant select on cache_versions ${to}`,
        ),
    judges
      ? ok(`"${role}" may read which tags have changed`)
      : wrong(
          `"${role}" may not read which tags have changed`,
          "Every page is an error, unless withCacheVersions has tags: 'local'.",
          `grant select (${readColumns.join(', ')}) on cache_invalidations ${to}`,
        ),
    invalidates
      ? ok(`"${role}" may invalidate`)
      : warning(
          `"${role}" may not invalidate`,
          'invalidateCache and updateTag are an error.',
          `grant select on cache_invalidations ${to} grant insert (cache, tag, expire_seconds, reason, actor, source) on cache_invalidations ${to}`,
        ),
    admits
      ? ok(`"${role}" may sign people in to the admin page`)
      : warning(
          `"${role}" may not sign anybody in to the admin page`,
          'It stays closed.',
          `grant select, insert, delete on cache_admin_tokens ${to}`,
        ),
  ]
}
