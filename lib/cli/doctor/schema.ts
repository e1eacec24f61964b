import type { Sql } from 'postgres'
import { packageSql } from '../../sql/package-sql.ts'
import { cacheOfTags } from '../../versions/tags/cache.ts'
import { findDrizzleConfig } from '../drizzle/config.ts'
import type { Invocation } from '../invocation.ts'
import { type Finding, findingsOf } from './finding.ts'
import { versionFindings } from './schema-version.ts'

const { ok, warning, wrong } = findingsOf('Schema')

interface Schema {
  readonly isComplete: boolean
  /** The caches that are started; undefined where the role may not read them. */
  readonly started?: readonly string[]
  readonly findings: readonly Finding[]
}

/** The tables and functions of the package, and the caches in them. */
export async function schemaFindings(
  sql: Sql,
  caches: readonly string[],
  invocation: Invocation,
): Promise<Schema> {
  const migrate = migrateCommand(invocation)
  const found = await sql<{ name: string; relation: string | null }[]>`
    select name, to_regclass(name)::text as relation
    from unnest(array['cache_versions', 'cache_invalidations', 'cache_admin_tokens']) as name`
  const missing = found.filter(({ relation }) => relation === null).map(({ name }) => name)
  if (missing.length > 0) {
    return { isComplete: false, findings: [await missingTables(sql, missing, migrate)] }
  }
  const version = await versionFindings(sql, upgradeCommand(invocation))
  const lacking = await lackingFunctions(sql)
  // An older schema lacks some, and has to be upgraded.
  if (lacking.length > 0 && version.every(({ state }) => state === 'ok')) {
    const finding = wrong(
      `Of the functions of the package ${lacking.length} are missing: ${lacking.join(', ')}`,
      'Nothing can be invalidated.',
      migrate,
    )
    return { isComplete: false, findings: [finding] }
  }
  const started = await startedCaches(sql)
  const findings = [...(lacking.length > 0 ? [] : [ok('The tables and functions are there')]), ...version]
  if (!started) return { isComplete: true, findings }
  return { isComplete: true, started, findings: [...findings, cachesFinding(started, caches, invocation)] }
}

function migrateCommand({ cwd, program, command }: Invocation): string {
  return findDrizzleConfig(cwd, undefined)
    ? `${program('drizzle-kit migrate')}, after ${command('init')} if it lacks the migrations`
    : command('migrate')
}

function upgradeCommand({ cwd, program, command }: Invocation): string {
  return findDrizzleConfig(cwd, undefined)
    ? `${command('generate')}, then ${program('drizzle-kit migrate')}`
    : command('migrate')
}

async function missingTables(sql: Sql, missing: readonly string[], migrate: string): Promise<Finding> {
  const why = 'Whatever needs a version is an error.'
  const elsewhere = await sql<{ schema: string }[]>`
    select nspname::text as schema from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relname = ${missing[0] ?? ''} and relkind in ('r', 'p', 'v')`
  const [other] = elsewhere
  if (!other) return wrong(`There is no table ${missing.join(', ')}`, why, migrate)
  return wrong(
    `${missing.join(', ')} is in the schema "${other.schema}", which this role does not search or may not use`,
    why,
    `grant usage on schema "${other.schema}" to the role of DATABASE_URL; alter role … set search_path = "${other.schema}", public`,
  )
}

/** Those that functions.sql makes and the schema of the tables lacks. */
async function lackingFunctions(sql: Sql): Promise<string[]> {
  const names = [...packageSql().functions.matchAll(/^CREATE FUNCTION (\w+)\(/gm)].map(
    ([, name = '']) => name,
  )
  const rows = await sql<{ name: string }[]>`
    select proname::text as name from pg_proc
    where pronamespace = (select relnamespace from pg_class where oid = to_regclass('cache_invalidations'))`
  const there = new Set(rows.map(({ name }) => name))
  return names.filter((name) => !there.has(name))
}

async function startedCaches(sql: Sql): Promise<string[] | undefined> {
  const [may] = await sql<{ may: boolean }[]>`select has_table_privilege('cache_versions', 'select') as may`
  if (!may?.may) return undefined
  return (await sql<{ cache: string }[]>`select cache from cache_versions where cache <> ${cacheOfTags}`).map(
    ({ cache }) => cache,
  )
}

function cachesFinding(
  started: readonly string[],
  listed: readonly string[],
  { command }: Invocation,
): Finding {
  const lacking = listed.filter((cache) => !started.includes(cache))
  if (lacking.length > 0) {
    return wrong(
      `${lacking.length === 1 ? 'A cache is' : 'Caches are'} listed and not started: ${lacking.join(', ')}`,
      'Using it is an error.',
      `Apply the migration that starts it. Where there is none: select start_cache_versioning('${lacking[0]}');`,
    )
  }
  if (started.length > 0)
    return ok(`${started.length} ${started.length === 1 ? 'cache is' : 'caches are'} started`)
  return warning('No cache is started', 'There is nothing to invalidate yet.', `${command('start')} CACHE`)
}
