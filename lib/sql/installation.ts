import type { TransactionSql } from 'postgres'
import { CacheVersionsError } from '../base/error.ts'
import type { InstalledSchema } from '../versions/schema-version.ts'

/** What a database has of the package, where `search_path` finds it. */
export interface Installation {
  /** The schema that it is in, or would be. */
  readonly schema: string
  readonly hasTables: boolean
  readonly hasFunctions: boolean
  /** Undefined where the functions are missing, or are of before the first release. */
  readonly installed: InstalledSchema | undefined
  /** The owner of the tables. */
  readonly owner: string | undefined
  readonly role: string
}

interface Found {
  schema: string | null
  owner: string | null
  role: string
  tables: boolean
  functions: boolean
  tells: boolean
}

export async function findInstallation(tx: TransactionSql): Promise<Installation> {
  const [found] = await tx<Found[]>`
    with place(oid, owner) as (
      select relnamespace, relowner from pg_class where oid = to_regclass('cache_versions')
      union all
      select oid, null from pg_namespace
        where nspname = current_schema() and to_regclass('cache_versions') is null
    )
    select nspname::text as schema, pg_get_userbyid(place.owner)::text as owner, current_user::text as role,
      place.owner is not null as tables,
      to_regproc(format('%I.start_cache_versioning', nspname)) is not null as functions,
      to_regproc(format('%I.cache_versions_schema_version', nspname)) is not null as tells
    from place join pg_namespace on pg_namespace.oid = place.oid`
  if (!found?.schema) {
    throw new CacheVersionsError(
      'not-migrated',
      'No schema of search_path exists, so there is no place for cache versions. Create it, or correct search_path.',
    )
  }
  const { schema, owner, role, tables, functions, tells } = found
  const [installed] = tells
    ? await tx<InstalledSchema[]>`
        select ${tx(schema)}.cache_versions_schema_version() as version,
          ${tx(schema)}.cache_versions_breaking_version() as breaking`
    : []
  return { schema, owner: owner ?? undefined, role, hasTables: tables, hasFunctions: functions, installed }
}
