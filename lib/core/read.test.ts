import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { closeCacheVersions } from './database.ts'
import { readCacheVersions } from './read.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** Holds every read of the versions at Postgres until it is let go. */
async function holdReads(): Promise<{ waiting: () => Promise<number>; release: () => Promise<void> }> {
  const holder = postgres(database.url, { max: 1, onnotice: () => {} })
  await holder`begin`
  await holder`lock table cache_versions in access exclusive mode`
  return {
    async waiting() {
      const rows = await database.sql`
        select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'next-cache-versions' and wait_event_type = 'Lock'`
      return rows.length
    },
    async release() {
      await holder`commit`
      await holder.end()
    },
  }
}

/** How often Postgres has scanned the versions; a connection reports its figures when it closes. */
async function scans(): Promise<number> {
  await closeCacheVersions()
  const connections = () => database.sql`
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'`
  await expect.poll(async () => (await connections()).length).toBe(0)
  const [row] = await database.sql`
    select (seq_scan + coalesce(idx_scan, 0))::int as scans
    from pg_stat_user_tables where relname = 'cache_versions'`
  return row?.scans
}

test('reads the version of every cache', async () => {
  const versions = await readCacheVersions()
  expect(Object.keys(versions).sort()).toEqual(['bans', 'categories', 'permissions', 'settings'])
  expect(versions.bans).toMatch(/^[A-Za-z0-9]{8}$/)
})

test('gives versions that nobody can change', async () => {
  const versions: Record<string, string> = { ...(await readCacheVersions()) }
  expect(Object.isFrozen(await readCacheVersions())).toBe(true)
  expect(versions.toString).toBe(Object.prototype.toString)
  expect((await readCacheVersions()).constructor).toBeUndefined()
})

test('callers that arrive during a read share the next one and never the one in flight', async () => {
  await readCacheVersions()
  const reads = await holdReads()
  const first = readCacheVersions()
  await expect.poll(reads.waiting).toBe(1)
  const second = readCacheVersions()
  const third = readCacheVersions()
  expect(second).toBe(third)
  expect(second).not.toBe(first)
  expect(await reads.waiting()).toBe(1)
  await reads.release()
  await Promise.all([first, second, third])
})

test('a read that starts after an invalidation committed sees it, even beside one in flight', async () => {
  await database.sql`update cache_versions set version = 'oldBans1' where cache = 'bans'`
  const slow = readCacheVersions()
  await database.sql`update cache_versions set version = 'newBans1' where cache = 'bans'`
  const versions = await readCacheVersions()
  await slow
  expect(versions.bans).toBe('newBans1')
})

test('reads once for a hundred callers beside one', async () => {
  const before = await scans()
  await Promise.all(Array.from({ length: 100 }, () => readCacheVersions()))
  expect(await scans()).toBe(before + 2)
})

test('goes on after Postgres has closed its idle connections', async () => {
  await readCacheVersions()
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'`
  expect(await readCacheVersions()).toHaveProperty('bans')
})

test('a read that Postgres does not answer ends within its budget, and the next one works', async () => {
  const reads = await holdReads()
  await expect(readCacheVersions()).rejects.toMatchObject({ code: 'database-timeout' })
  await reads.release()
  expect(await readCacheVersions()).toHaveProperty('bans')
})
