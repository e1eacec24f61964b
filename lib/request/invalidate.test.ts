import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readCacheVersions } from '../versions/read.ts'
import { invalidateAllCaches, invalidateCache } from './invalidate.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
beforeEach(() => database.sql`truncate cache_invalidations`)

async function log() {
  return await database.sql`select cache, reason, actor, source from cache_invalidations order by cache`
}

test('changes the versions of the named caches, outside of Next too', async () => {
  const before = await readCacheVersions()
  await invalidateCache(['bans', 'bans'], { reason: 'test', actor: 'anna' })
  const after = await readCacheVersions()
  expect(after.bans).not.toBe(before.bans)
  expect(after.settings).toBe(before.settings)
  expect(await log()).toEqual([{ cache: 'bans', reason: 'test', actor: 'anna', source: 'app' }])
})

test('changes the version of every cache and returns their names', async () => {
  const before = await readCacheVersions()
  const names = await invalidateAllCaches({ reason: 'test' })
  const after = await readCacheVersions()
  expect(names).toEqual(Object.keys(before).sort())
  for (const name of names) expect(after[name]).not.toBe(before[name])
})

test('commits with the transaction it is given', async () => {
  const db = drizzle(database.sql)
  const before = await readCacheVersions()
  await db.transaction(async (tx) => {
    await invalidateCache('bans', { tx, reason: 'ban created' })
    expect((await readCacheVersions()).bans).toBe(before.bans)
  })
  expect((await readCacheVersions()).bans).not.toBe(before.bans)
})

test('rolls back with the transaction it is given', async () => {
  const db = drizzle(database.sql)
  const before = await readCacheVersions()
  const failure = db.transaction(async (tx) => {
    await invalidateCache('bans', { tx })
    await invalidateAllCaches({ tx })
    throw new Error('no')
  })
  await expect(failure).rejects.toThrow('no')
  expect(await readCacheVersions()).toEqual(before)
  expect(await log()).toEqual([])
})

test('an unknown name throws, names the nearest and invalidates nothing', async () => {
  const before = await readCacheVersions()
  await expect(invalidateCache(['settings', 'bnas'])).rejects.toMatchObject({
    code: 'unknown-cache',
    message: expect.stringContaining('Cache "bnas" is not versioned. Did you mean "bans"?'),
  })
  expect(await readCacheVersions()).toEqual(before)
})

test('an unknown name inside a transaction is the same error', async () => {
  const db = drizzle(database.sql)
  const failure = db.transaction((tx) => invalidateCache('bnas', { tx }))
  await expect(failure).rejects.toMatchObject({ code: 'unknown-cache' })
})

test.each([[''], ['with space'], ['line\nbreak'], ['x'.repeat(129)]])(
  'the name %j is refused',
  async (name) => {
    await expect(invalidateCache(name)).rejects.toMatchObject({ code: 'invalid-name' })
  },
)

test('an invalidation that waits for a lock longer than its budget throws, and does not happen later', {
  timeout: 20_000,
}, async () => {
  const before = await readCacheVersions()
  const failure = database.sql.begin(async (tx) => {
    await tx`update cache_versions set version = 'locked01' where cache = 'bans'`
    const three = [1, 2, 3].map(() =>
      expect(invalidateCache('bans')).rejects.toMatchObject({ code: 'database-timeout' }),
    )
    await Promise.all(three)
    throw new Error('rolled back')
  })
  await expect(failure).rejects.toThrow('rolled back')
  // A query that still waited for the row would have it before this.
  await database.sql`select from cache_versions where cache = 'bans' for update`
  expect(await readCacheVersions()).toEqual(before)
  expect(await log()).toEqual([])
})

test('long reasons and actors are cut, not refused', async () => {
  await invalidateCache('bans', { reason: 'r'.repeat(600), actor: 'a'.repeat(300) })
  const [row] = await log()
  expect(row?.reason).toHaveLength(500)
  expect(row?.actor).toHaveLength(200)
})
