import { deadlineOf } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'
import { isBuilding } from '../internals/phase.ts'
import { database, databaseError } from '../postgres/database.ts'
import { isOutage, readFailed, tellOfOutages } from '../postgres/outage.ts'
import { Pool } from '../postgres/pool.ts'
import { migrationRemedy } from '../postgres/remedy.ts'
import { allowLeases, forbidLeases } from '../versions/lease/refusal.ts'
import { checkSchema, type InstalledSchema } from '../versions/schema-version.ts'
import { usesLeases } from './settings.ts'

export const start = slot('start', () => ({ isChecked: false }))

/**
 * Says in the log of a server that starts what is wrong with its database, before the first request finds out: once a
 * process, and not in a build, which may have none. Nobody waits for it.
 */
export function checkAtStart(): void {
  const isServer = !isBuilding() && process.env.NODE_ENV !== 'test'
  if (!isServer || start.isChecked) return
  start.isChecked = true
  tellOfOutages()
  if (usesLeases()) allowLeases()
  else forbidLeases()
  setImmediate(() => void check()).unref()
}

async function check(): Promise<void> {
  try {
    await ask(database().url)
  } catch (cause) {
    const error = databaseError(cause)
    if (error instanceof CacheVersionsError && isOutage(error)) readFailed(error)
    // Its reads go on.
    else if (error instanceof CacheVersionsError && error.code === 'unsupported-schema')
      console.warn(error.message)
    else console.warn(`${messageOf(error)} Until that is mended, what needs a version fails.`)
  }
}

/** Asks over a connection of its own, which does not stay open. */
async function ask(url: string): Promise<void> {
  const deadline = deadlineOf('Reading the cache versions', 2000)
  const pool = new Pool(url, 1)
  try {
    await pool.ask('select cache, version from cache_versions limit 0', ['cache', 'version'], deadline)
    const [row] = await pool.ask<{ applied: boolean }>(
      `select to_regproc('cache_versions_breaking_version') is not null and exists (
        select from pg_trigger
        where tgrelid = 'cache_invalidations'::regclass and tgname = 'apply_cache_invalidations'
      ) as applied`,
      ['applied'],
      deadline,
    )
    if (!row?.applied) {
      throw new CacheVersionsError(
        'not-migrated',
        `The tables of cache versions are there, but the functions that change them are not: functions.sql was not applied. ${migrationRemedy()}`,
      )
    }
    const [installed] = await pool.ask<InstalledSchema>(
      'select cache_versions_schema_version() as version, cache_versions_breaking_version() as breaking',
      ['version', 'breaking'],
      deadline,
    )
    const advice = installed && checkSchema(installed)
    if (advice) console.warn(`[cache-versions] ${advice}`)
  } finally {
    await pool.close(0)
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.startsWith('[cache-versions]') ? message : `[cache-versions] Postgres refused: ${message}.`
}
