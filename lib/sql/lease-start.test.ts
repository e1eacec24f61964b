import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { leaseHolder, resetLeases, shortenLeases } from '../test/lease-holder.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

/** Who waits for leases takes longer than this, and who does not takes less on a busy machine too. */
const limit = 750

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  sql = database.sql
  await shortenLeases(sql)
})
afterAll(() => database.drop())
beforeEach(() => resetLeases(sql))

/** What the table is after a crash or a promotion, and after a start of a Postgres that was stopped. */
const starts = {
  'crash of': () => sql`truncate cache_version_leases`,
  'start of': () => sql`update cache_version_leases set started_at = started_at - interval '1 day'`,
}

async function duration(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const update = () => sql`update cache_versions set version = new_cache_version()`

for (const [name, start] of Object.entries(starts)) {
  test(`after a ${name} Postgres the first writer waits for the leases of before, and no other one`, async () => {
    await start()
    expect(await duration(update)).toBeGreaterThan(limit)
    expect(await duration(update)).toBeLessThan(limit)
  })

  test(`after a ${name} Postgres nobody gets a lease before those of before have ended`, async () => {
    await start()
    const server = await leaseHolder(database.url)
    expect(await server.hold()).toBe('started')
    await server.sql`rollback`
    expect(await duration(() => server.sql`select await_former_cache_version_leases()`)).toBeGreaterThan(
      limit,
    )
    expect(await server.hold()).toBe('held')
    await server.giveUp()
    expect(await duration(update)).toBeLessThan(limit)
    await server.cut()
  })
}

test('where no server ever had a lease, nobody waits for one, and the first is granted when that is committed', async () => {
  await sql`truncate cache_version_leases restart identity`
  expect(await duration(update)).toBeLessThan(limit)
  await sql`insert into cache_version_leases values (pg_postmaster_start_time())`
  const server = await leaseHolder(database.url)
  expect(await server.hold()).toBe('started')
  await server.sql`rollback`
  expect(
    await duration(() => Promise.all([1, 2, 3].map(() => sql`select await_former_cache_version_leases()`))),
  ).toBeLessThan(limit)
  expect(await server.hold()).toBe('held')
  await server.giveUp()
  expect(await duration(update)).toBeLessThan(limit)
  await server.cut()
})

test('a server that comes second ends no lease of the first', async () => {
  const server = await leaseHolder(database.url)
  expect(await server.hold()).toBe('held')
  const sleep = server.sleep()
  await sql`select await_former_cache_version_leases()`
  expect(await sleep).toBe(false)
  await server.giveUp()
  await server.cut()
})

test('a request for a lease that is refused keeps no lock', async () => {
  await starts['start of']()
  const server = await leaseHolder(database.url)
  expect(await server.hold()).toBe('started')
  expect(await sql`select from cache_version_lease_holders()`).toEqual([])
  await server.cut()
})

test('a transaction waits once, however much it changes', async () => {
  await starts['crash of']()
  const took = await duration(() =>
    sql.begin('isolation level repeatable read', async (tx) => {
      await tx`update cache_versions set version = new_cache_version()`
      await tx`select invalidate_all_caches()`
      await tx`select start_cache_versioning('new')`
    }),
  )
  expect(took).toBeGreaterThan(limit)
  expect(took).toBeLessThan(2 * limit)
})

test('a writer that is taken back has waited for no other', async () => {
  await starts['crash of']()
  await sql.begin(async (tx) =>
    tx`update cache_versions set version = new_cache_version()`.then(() => tx`rollback`),
  )
  expect(await duration(update)).toBeGreaterThan(limit)
})

test.each(['read committed', 'repeatable read', 'serializable'])(
  'two writers at once wait for the leases, and not for each other: %s',
  async (level) => {
    await starts['start of']()
    await sql.begin(async (tx) => {
      await tx`update cache_versions set version = new_cache_version() where cache = 'bans'`
      const second = sql.begin(`isolation level ${level}`, async (other) => {
        await other`update cache_versions set version = new_cache_version() where cache = 'settings'`
      })
      expect(await duration(() => second)).toBeLessThan(2 * limit)
    })
    expect(await duration(update)).toBeLessThan(limit)
  },
)

test('TRUNCATE waits for the leases of before', async () => {
  await starts['crash of']()
  expect(await duration(() => sql`truncate cache_versions`)).toBeGreaterThan(limit)
})

test('a crash empties the table, and keeps that there have been leases', async () => {
  const persistence = await sql`
    select relname as name, relpersistence as persistence from pg_class
    where relname in ('cache_version_leases', 'cache_version_leases_granted', 'cache_version_leases_given_up') order by 1`
  expect(persistence.map(({ persistence }) => persistence)).toEqual(['u', 'p', 'p'])
})
