import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { closeDatabase, database as connections } from '../postgres/database.ts'
import { invalidateCache } from '../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readCacheOverview } from './log.ts'
import { readCacheVersions } from './read.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.end()
})

const holders: Sql[] = []

/** Holds every use of the table at Postgres, or what else the statement holds, until it is let go. */
async function hold(
  statement = 'lock table cache_versions in access exclusive mode',
): Promise<{ waiting: () => Promise<number>; release: () => Promise<void> }> {
  const holder = postgres(database.url, { max: 1, onnotice: () => {} })
  holders.push(holder)
  await holder`begin`
  await holder.unsafe(statement)
  return {
    async waiting() {
      const rows = await database.sql`
        select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'next-cache-versions' and wait_event_type = 'Lock'`
      return rows.length
    },
    release: () => holder.end(),
  }
}

/** How often Postgres has scanned the versions; a connection reports its figures when it closes. */
async function scans(): Promise<number> {
  await closeDatabase()
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

test('returns versions that nobody can change', async () => {
  const versions: Record<string, string> = { ...(await readCacheVersions()) }
  expect(Object.isFrozen(await readCacheVersions())).toBe(true)
  expect(versions.toString).toBe(Object.prototype.toString)
  expect((await readCacheVersions()).constructor).toBeUndefined()
})

test('callers that arrive during a read share the next one and never the one in flight', async () => {
  await readCacheVersions()
  const reads = await hold()
  const first = readCacheVersions()
  await expect.poll(reads.waiting).toBe(1)
  const others = [readCacheVersions(), readCacheVersions()]
  expect(await reads.waiting()).toBe(1)
  await reads.release()
  await first
  const [second, third] = await Promise.all(others)
  expect(second).toBe(third)
})

test('a caller has its own time, whatever those before it have waited for', async () => {
  const reads = await hold()
  const first = readCacheVersions()
  await expect.poll(reads.waiting).toBe(1)
  const second = readCacheVersions()
  const longWaiting = () => database.sql`
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and now() - query_start > interval '1 s'`
  await expect.poll(async () => (await longWaiting()).length).toBe(1)
  const third = readCacheVersions()
  await expect(first).rejects.toMatchObject({ code: 'database-timeout' })
  await expect(second).rejects.toMatchObject({ code: 'database-timeout' })
  await reads.release()
  expect(await third).toHaveProperty('bans')
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

test('a read that waits for a lock ends within its deadline, in Postgres too, and the next one works', async () => {
  const reads = await hold()
  await expect(readCacheVersions()).rejects.toMatchObject({ code: 'database-timeout' })
  expect(await reads.waiting()).toBe(0)
  await reads.release()
  expect(await readCacheVersions()).toHaveProperty('bans')
})

test('a read that is never answered leaves no socket, and the next one gets a connection of its own', async () => {
  await closeDatabase()
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  const before = sockets()
  await readCacheVersions()
  const [reader] = await database.sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'
      and query like '%from cache_versions' and state = 'idle' order by state_change desc limit 1`
  const { pid = 0 } = reader ?? {}
  process.kill(pid, 'SIGSTOP')
  try {
    await expect(readCacheVersions()).rejects.toMatchObject({ code: 'database-timeout' })
    await expect.poll(sockets).toBeLessThanOrEqual(before)
    expect(await readCacheVersions()).toHaveProperty('bans')
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('reads go on while invalidations wait for a lock', async () => {
  const row = await hold("select from cache_versions where cache = 'bans' for update")
  const blocked = Array.from({ length: 4 }, () => invalidateCache('bans'))
  await expect.poll(row.waiting).toBe(3)
  for (let read = 0; read < 20; read += 1) expect(await readCacheVersions()).toHaveProperty('settings')
  expect(await row.waiting()).toBe(3)
  await row.release()
  await Promise.all(blocked)
})

test('reads go on while somebody waits for the log', async () => {
  const log = await hold('lock table cache_invalidations in access exclusive mode')
  const overview = readCacheOverview()
  await expect.poll(log.waiting).toBe(1)
  expect(await readCacheVersions()).toHaveProperty('bans')
  await log.release()
  expect(await overview).toHaveLength(4)
})

test('the answer to another question is an error, never versions', async () => {
  const answer = connections().reads.ask("select 'bans' as cache, 'x' as reason", ['cache', 'version'], {
    what: 'Reading',
    milliseconds: 2000,
    at: performance.now() + 2000,
  })
  await expect(answer).rejects.toMatchObject({ code: 'wrong-answer' })
})
