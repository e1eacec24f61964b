import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { type LeaseHolder, leaseHolder, resetLeases, shortenLeases } from '../test/lease-holder.ts'
import { locksOn } from '../test/locks.ts'
import { createRole } from '../test/role.ts'

let database: TestDatabase
let sql: TestDatabase['sql']
/** Two servers. */
let one: LeaseHolder
let other: LeaseHolder

/** Who waits for leases takes longer than this, and who does not takes less on a busy machine too. */
const limit = 750
/** A sleep that nobody misses. */
const longSeconds = 5

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  sql = database.sql
  await shortenLeases(sql)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await resetLeases(sql)
  await sql`truncate cache_invalidations`
  one = await leaseHolder(database.url, 'one')
  other = await leaseHolder(database.url, 'other')
})
afterEach(() => Promise.all([one.cut(), other.cut()]))

const invalidate = () => sql`update cache_versions set version = new_cache_version()`

/** Runs a writer and returns how long it took, in milliseconds. */
async function duration(write: () => PromiseLike<unknown> = invalidate): Promise<number> {
  const start = performance.now()
  await write()
  return performance.now() - start
}

async function untilAsleep({ pid }: LeaseHolder): Promise<void> {
  const asleep = () => sql`select from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`
  await expect.poll(asleep, { interval: 1 }).toHaveLength(1)
}

async function untilWaiting(table: string): Promise<void> {
  const waiting = async () => (await locksOn(sql, table)).filter(({ granted }) => !granted)
  await expect.poll(waiting, { interval: 1 }).toHaveLength(1)
}

async function holders(): Promise<string[]> {
  const rows = await sql<
    { server: string }[]
  >`select server from cache_version_lease_holders() order by server`
  return rows.map(({ server }) => server)
}

test('a writer recalls each lease, and commits when the last was given up', async () => {
  expect([await one.hold(), await other.hold()]).toEqual(['held', 'held'])
  expect(await holders()).toEqual(['one', 'other'])
  const sleeps = [one.sleep(), other.sleep()]
  const write = invalidate().execute()
  expect(await Promise.all(sleeps)).toEqual([true, true])
  await one.giveUp()
  await untilWaiting('cache_version_leases')
  await other.giveUp()
  await write
  expect(await holders()).toEqual([])
})

test('the log says how many leases a change recalled, and how long that took', async () => {
  await invalidate()
  await one.hold()
  const sleep = one.sleep()
  const write = invalidate().execute()
  await sleep
  await one.giveUp()
  await write
  const lines = await sql`
    select distinct recalled_leases as leases, recall_milliseconds > 0 as took from cache_invalidations order by 1`
  expect(lines).toEqual([
    { leases: 1, took: true },
    { leases: null, took: null },
  ])
})

test('a recall ends a sleep at once, and not at its next look', async () => {
  let shortest = Number.POSITIVE_INFINITY
  // On a busy machine not the first time.
  for (let n = 0; n < 20 && shortest >= 40; n++) {
    await one.hold()
    const sleep = one.sleep(longSeconds)
    await untilAsleep(one)
    const write = invalidate().execute()
    shortest = Math.min(shortest, await duration(() => sleep))
    await one.giveUp()
    await write
  }
  expect(shortest).toBeLessThan(40)
})

test('who gave up keeps no writer waiting', async () => {
  for (const each of [one, other]) {
    await each.hold()
    await each.giveUp()
  }
  expect(await duration()).toBeLessThan(limit)
})

test('nobody gets a lease between a change and its commit, or waits for it', async () => {
  await sql.begin(async (tx) => {
    await tx`update cache_versions set version = 'byHand01' where cache = 'bans'`
    expect(await one.hold()).toBe('changing')
    await one.sql`rollback`
  })
  expect(await one.hold()).toBe('held')
})

test('a writer on its way ends a lease and lets nobody have one', async () => {
  await one.hold()
  const sleep = one.sleep()
  await sql.begin(async (tx) => {
    await tx`update cache_versions set version = version where false`
    expect(await sleep).toBe(true)
    expect(await duration(() => one.sleep())).toBeLessThan(limit / 3)
    expect(await other.hold()).toBe('changing')
  })
  await one.giveUp()
})

test('an error outside of the sleep keeps the lock until the server lets it go', async () => {
  await one.hold()
  const query = one.sql`select pg_sleep(10)`.execute()
  query.catch(() => {})
  await expect
    .poll(
      () => sql`select pg_cancel_backend(${one.pid}) from pg_stat_activity
    where pid = ${one.pid} and query like '%pg_sleep(10)%'`,
      { interval: 1 },
    )
    .toHaveLength(1)
  await expect(query).rejects.toMatchObject({ code: '57014' })
  expect(await holders()).toEqual(['one'])
  await one.giveUp()
  expect(await duration()).toBeLessThan(limit)
})

test('servers that stay silent are ended by Postgres, which keeps a writer waiting once', async () => {
  for (const each of [one, other]) {
    await each.hold()
    each.sleep().catch(() => {})
  }
  const took = await duration()
  expect(took).toBeGreaterThan(limit)
  // To end a session loses its lease; the wait for its end was long enough for that.
  expect(took).toBeLessThan(2 * limit)
  expect(await duration()).toBeLessThan(limit)
})

test('a session that is cut in its sleep is waited for as long as its server may believe in the lease', async () => {
  await one.hold()
  const start = performance.now()
  one.sleep(longSeconds).catch(() => {})
  await untilAsleep(one)
  await one.cut()
  // Another writer that comes when the lock is free again waits as long.
  await Promise.all([
    invalidate(),
    sql`update cache_versions set version = new_cache_version() where cache = 'bans'`,
  ])
  expect(performance.now() - start).toBeGreaterThan(limit)
  expect(await duration()).toBeLessThan(limit)
})

test('a session that does something else than to sleep is ended', async () => {
  await one.hold()
  const busy = one.sql
    .unsafe(`do $$ begin loop
    begin perform pg_sleep(10); exception when query_canceled then null; end;
  end loop; end $$`)
    .execute()
  busy.catch(() => {})
  const took = await duration()
  expect(took).toBeGreaterThan(1.5 * limit)
  expect(took).toBeLessThan(3 * limit)
  await expect(busy).rejects.toThrow()
})

test('a writer whose own time ends first changes nothing', async () => {
  expect(await one.hold()).toBe('held')
  const before = await sql`select version from cache_versions`
  await expect(
    sql.begin(async (tx) => {
      await tx`set local statement_timeout = 50`
      await tx`update cache_versions set version = new_cache_version()`
    }),
  ).rejects.toMatchObject({ code: '57014' })
  expect(await sql`select version from cache_versions`).toEqual(before)
  await one.giveUp()
})

test.each([
  'alter table cache_versions disable trigger recall_cache_version_leases',
  'lock table cache_versions',
  'vacuum (full) cache_versions',
  'truncate cache_versions',
])('%s waits for a lease and ends it', async (statement) => {
  await one.hold()
  const sleep = one.sleep()
  const ddl = sql.begin(async (tx) => {
    if (statement.startsWith('vacuum')) return
    await tx.unsafe(statement)
    const [row] = await other.sql`select hold_cache_version_lease(${other.pid}) as state`
    expect(row?.state).toBe('changing')
    throw new Error('taken back')
  })
  const work = statement.startsWith('vacuum') ? sql.unsafe(statement).execute() : ddl
  work.catch(() => {})
  expect(await sleep).toBe(true)
  await untilWaiting('cache_versions')
  await one.giveUp()
  if (work === ddl) await expect(ddl).rejects.toThrow('taken back')
  await work.catch(() => {})
})

test('a savepoint that is rolled back gives the lock back, and the next change recalls again', async () => {
  await sql.begin(async (tx) => {
    const lost = tx.savepoint(async (savepoint) => {
      await savepoint`update cache_versions set version = 'byHand01' where cache = 'bans'`
      throw new Error('taken back')
    })
    await expect(lost).rejects.toThrow('taken back')
    expect(await one.hold()).toBe('held')
    const write = tx`update cache_versions set version = 'byHand02' where cache = 'bans'`.execute()
    expect(await one.sleep()).toBe(true)
    await one.giveUp()
    await write
    expect(await one.hold()).toBe('changing')
  })
})

test('under a lease nothing but silence ends the session, and after it its settings are as before', async () => {
  const settings = () => one.sql`
    select name, setting from pg_settings where name in ('statement_timeout', 'transaction_timeout',
      'idle_in_transaction_session_timeout', 'client_connection_check_interval', 'tcp_user_timeout')`
  await one.sql`set statement_timeout = 500`
  const before = await settings()
  await one.hold()
  for (const { name, setting } of await settings()) {
    expect([name, setting]).toEqual([name, name.startsWith('idle') ? String(limit) : '0'])
  }
  await one.giveUp()
  expect(await settings()).toEqual(before)
})

test('a role that may not read the versions is refused, unless it acts as one that may', async () => {
  const reader = await createRole(database)
  const stranger = await createRole(database)
  await sql.unsafe(`
    grant select (cache, version) on cache_versions to ${reader.name};
    alter role ${stranger.name} noinherit;
    grant ${reader.name} to ${stranger.name}`)
  const holder = await leaseHolder(reader.url)
  expect(await holder.hold()).toBe('held')
  await holder.giveUp()
  await holder.cut()
  const attempt = async (tx: typeof sql) => {
    const [row] = await tx`select hold_cache_version_lease(pg_backend_pid()) as state`
    return row?.state
  }
  expect(await attempt(stranger.sql)).toBe('refused')
  await stranger.sql.begin(async (tx) => {
    await tx`set local role ${tx(reader.name)}`
    expect(await attempt(tx as unknown as typeof sql)).toBe('held')
    await tx`select give_up_cache_version_lease()`
  })
  for (const role of [reader, stranger]) await role.drop()
})

test.each([
  'alter table cache_versions disable trigger recall_cache_version_leases',
  'alter table cache_versions enable trigger recall_cache_version_leases',
  'alter table cache_versions enable replica trigger recall_cache_version_leases_of_all',
  'drop trigger recall_cache_version_leases on cache_versions',
  'alter table cache_versions rename to former; create table cache_versions (like former)',
])('after %s nobody gets a lease', async (statement) => {
  await one.sql.unsafe(`begin; ${statement}`)
  const [row] = await one.sql`select hold_cache_version_lease(${one.pid}) as state`
  expect(row?.state).toBe('trigger')
  await one.sql`rollback`
})

test('a session behind a pooler, or one that would read the versions of before, gets no lease', async () => {
  const [pooled] = await one.sql`select hold_cache_version_lease(${other.pid}) as state`
  expect(pooled?.state).toBe('pooler')
  await one.sql.unsafe('begin isolation level repeatable read; select 1')
  const [late] = await one.sql`select hold_cache_version_lease(${one.pid}) as state`
  expect(late?.state).toBe('isolation')
})

test('without a lease a session does not sleep, and gives none up', async () => {
  expect(await duration(async () => expect(await one.sleep(longSeconds)).toBe(true))).toBeLessThan(
    1000 * longSeconds,
  )
  await one.sql`select give_up_cache_version_lease()`
  await other.hold()
  await other.giveUp()
  expect(await duration()).toBeLessThan(limit)
})

test('temporary tables of the name are not taken for the lock', async () => {
  for (const each of [one.sql, other.sql])
    await each`create temporary table cache_version_leases (started_at timestamptz)`
  expect(await one.hold()).toBe('held')
  expect(await holders()).toEqual(['one'])
  const sleep = one.sleep()
  const write = other.sql`update cache_versions set version = new_cache_version()`.execute()
  expect(await sleep).toBe(true)
  await one.giveUp()
  await write
})
