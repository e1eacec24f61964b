import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { deadlineOf } from '../base/deadline.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { closeDatabase } from './database.ts'
import { commit } from './transaction.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
beforeEach(() => database.sql`truncate cache_invalidations`)
afterEach(async () => {
  for (const release of held.splice(0)) await release()
  await closeDatabase()
  await expect.poll(() => backends()).toEqual([])
})

const invalidate = (milliseconds: number, cache = 'bans') =>
  commit(
    `insert into cache_invalidations (cache) values ('${cache}')`,
    deadlineOf('Invalidating', milliseconds),
  )

const held: (() => Promise<void>)[] = []

/** Holds the row of a cache until it is let go, as another transaction that invalidates it would. */
async function holdRow(cache = 'bans'): Promise<() => Promise<void>> {
  const holder = postgres(database.url, { max: 1, onnotice: () => {} })
  await holder`begin`
  await holder`select from cache_versions where cache = ${cache} for update`
  const release = async () => {
    await holder.end()
  }
  held.push(release)
  return release
}

/** The processes of Postgres that serve the package, those that wait for a lock or all. */
async function backends(which?: 'waiting'): Promise<number[]> {
  const rows = await database.sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'
      and (${which === undefined} or wait_event_type = 'Lock')`
  return rows.map(({ pid }) => pid)
}

async function waiting(count = 1): Promise<number[]> {
  await expect.poll(async () => (await backends('waiting')).length).toBe(count)
  return await backends('waiting')
}

async function invalidations(): Promise<number> {
  return (await database.sql`select from cache_invalidations`).length
}

test('what waits for a lock for too long is ended in Postgres, and does not happen afterwards', async () => {
  const release = await holdRow()
  await expect(invalidate(2000)).rejects.toMatchObject({ code: 'database-timeout' })
  expect(await backends('waiting')).toEqual([])
  await release()
  expect(await invalidations()).toBe(0)
})

test('what a frozen Postgres was sent does not happen when it goes on', async () => {
  await invalidate(5000)
  const [pid] = (await backends()) as [number]
  process.kill(pid, 'SIGSTOP')
  try {
    await expect(invalidate(500)).rejects.toMatchObject({ code: 'database-timeout' })
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await expect.poll(() => backends()).not.toContain(pid)
  expect(await invalidations()).toBe(1)
})

test('a connection that is lost at COMMIT is made up for by another, so the invalidation happens', async () => {
  const release = await holdRow()
  const invalidation = invalidate(5000)
  const [pid] = await waiting()
  await database.sql`select pg_terminate_backend(${pid ?? 0})`
  await expect.poll(() => backends('waiting')).not.toContain(pid)
  await release()
  await invalidation
  expect(await invalidations()).toBe(1)
})

test('when nobody can tell whether it happened, the error says so', async () => {
  const release = await holdRow()
  const failure = expect(invalidate(5000)).rejects.toMatchObject({
    code: 'outcome-unknown',
    message: expect.stringContaining('it may or may not have happened. Invalidate again'),
  })
  for (let lost: number | undefined, count = 0; count < 2; count += 1) {
    await expect.poll(async () => (await backends('waiting')).filter((pid) => pid !== lost).length).toBe(1)
    lost = (await backends('waiting')).find((pid) => pid !== lost)
    await database.sql`select pg_terminate_backend(${lost ?? 0})`
  }
  await failure
  await release()
})

test('COMMIT over another connection than the change is an error, not a success', async () => {
  // postgres.js replaces a connection that is old between two messages.
  process.env.PGMAX_LIFETIME = '0.1'
  const slowly = "insert into cache_invalidations (cache) values ('bans'); select pg_sleep(0.2)"
  try {
    await expect(commit(slowly, deadlineOf('Invalidating', 5000))).rejects.toMatchObject({ code: '25P01' })
  } finally {
    delete process.env.PGMAX_LIFETIME
  }
  expect(await invalidations()).toBe(0)
})

test('more invalidations than connections wait in line, and no longer than their deadline', async () => {
  const release = await holdRow()
  const blocked = [1, 2, 3].map(() => invalidate(20_000))
  await waiting(3)
  await expect(invalidate(100, 'settings')).rejects.toMatchObject({ code: 'database-timeout' })
  const inLine = invalidate(20_000, 'settings')
  await release()
  await Promise.all([...blocked, inLine])
  expect(await invalidations()).toBe(4)
})

test('a time-out drops its own connection only', async () => {
  const release = await holdRow()
  const patient = invalidate(20_000)
  const [pid] = await waiting()
  await expect(invalidate(2000)).rejects.toMatchObject({ code: 'database-timeout' })
  expect(await backends('waiting')).toEqual([pid])
  await release()
  await patient
})
