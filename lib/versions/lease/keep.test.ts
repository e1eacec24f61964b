import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { invalidateCache } from '../../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { closeCacheVersions } from '../close.ts'
import { readCacheVersions } from '../read.ts'
import { allowLeases } from './refusal.ts'
import { leaseStatus } from './status.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
afterEach(async () => {
  await closeCacheVersions()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Reads until a lease answers. */
async function lease(): Promise<void> {
  const isHeld = async () => {
    await readCacheVersions()
    return leaseStatus().since
  }
  await expect.poll(isHeld, { interval: 5 }).toBeDefined()
}

async function bans(): Promise<string> {
  return (await readCacheVersions()).bans as string
}

async function holders(): Promise<number> {
  return (await database.sql`select * from cache_version_lease_holders()`).length
}

test('a script that reads often holds no lease', async () => {
  for (let i = 0; i < 20; i++) await readCacheVersions()
  expect(await holders()).toBe(0)
  allowLeases()
})

test('a server that reads often answers from memory', async () => {
  await lease()
  const { reads } = leaseStatus()
  const versions = await readCacheVersions()
  expect(await readCacheVersions()).toBe(versions)
  expect(leaseStatus().reads).toBe(reads + 2)
  expect(await holders()).toBe(1)
})

test.each([
  [
    'an UPDATE',
    () => database.sql`update cache_versions set version = new_cache_version() where cache = 'bans'`,
  ],
  ['invalidate_cache', () => database.sql`select invalidate_cache('bans')`],
  ['an invalidation of its own', () => invalidateCache('bans')],
  ['one in a transaction of its own', () => database.sql.begin((tx) => invalidateCache('bans', { tx }))],
])('%s is read at once, and recalls the lease', async (_, invalidate) => {
  await lease()
  const { recalls } = leaseStatus()
  const before = await bans()
  await invalidate()
  expect(await bans()).not.toBe(before)
  await expect.poll(() => leaseStatus().recalls).toBe(recalls + 1)
})

test('a cache that is stopped is missing at once', async () => {
  await lease()
  await database.sql`select stop_cache_versioning('settings')`
  expect(Object.keys(await readCacheVersions())).not.toContain('settings')
  await database.sql`select start_cache_versioning('settings')`
})

test('while a writer has not committed nobody gets a lease, and the versions are those of before', async () => {
  await lease()
  const before = await bans()
  await database.sql.begin(async (tx) => {
    await tx`update cache_versions set version = new_cache_version() where cache = 'bans'`
    const { leases } = leaseStatus()
    for (let i = 0; i < 50; i++) expect(await bans()).toBe(before)
    expect(leaseStatus().leases).toBe(leases)
  })
  expect(await bans()).not.toBe(before)
})

test('a lease whose connection is lost is lost', async () => {
  await lease()
  const before = await bans()
  await database.sql`select pg_terminate_backend(pid) from cache_version_lease_holders()`
  await expect.poll(() => leaseStatus().since).toBeUndefined()
  expect(await bans()).toBe(before)
  await lease()
})

test('a server that reads no more lets its lease end, and asks Postgres for nothing', async () => {
  await lease()
  await expect.poll(holders).toBe(0)
  const sessions = () => database.sql`
    select from pg_stat_activity where datname = current_database() and application_name like '%lease%'`
  await expect.poll(async () => (await sessions()).length).toBe(0)
})

test('one lease follows the other for as long as they are used', async () => {
  await lease()
  const { since, leases } = leaseStatus()
  const end = performance.now() + 1500
  while (performance.now() < end) {
    await readCacheVersions()
    await new Promise(setImmediate)
  }
  expect(leaseStatus()).toMatchObject({ since, leases: expect.toSatisfy((now) => now > leases) })
})

test('the wall clock set forward ends it, and set back does not prolong it', async () => {
  await lease()
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 3600_000)
  await readCacheVersions()
  expect(leaseStatus().since).toBeUndefined()
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 3600_000)
  await closeCacheVersions()
  await lease()
  const monotonic = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic + 1000)
  await readCacheVersions()
  expect(leaseStatus().since).toBeUndefined()
})

test('on a platform that freezes instances there is none, which is said once', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'app')
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  await expect.poll(holders).toBe(0)
  for (let i = 0; i < 20; i++) await readCacheVersions()
  expect(await holders()).toBe(0)
  expect(warn.mock.calls).toEqual([[expect.stringContaining('AWS_LAMBDA_FUNCTION_NAME is set')]])
  expect(leaseStatus().refusal).toContain('AWS_LAMBDA_FUNCTION_NAME')
})

test('a schema of before leases is read as ever, and the upgrade is named once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  await database.sql`alter function hold_cache_version_lease rename to missing`
  try {
    const isTold = async () => {
      await readCacheVersions()
      return warn.mock.calls.length
    }
    await expect.poll(isTold, { interval: 5 }).toBe(1)
    for (let i = 0; i < 20; i++) await readCacheVersions()
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/no leases yet.*next-cache-versions/)]])
  } finally {
    await database.sql`alter function missing rename to hold_cache_version_lease`
  }
})
