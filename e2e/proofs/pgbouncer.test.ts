import { readFile } from 'node:fs/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import {
  closeCacheVersions,
  invalidateAllCaches,
  invalidateCache,
  readCacheInvalidations,
  readCacheOverview,
  readCacheVersions,
} from 'next-cache-versions'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { databaseFindings } from '../../lib/cli/doctor/database.ts'
import { invocationOf } from '../../lib/cli/invocation.ts'
import { migrate } from '../../scripts/migrate.ts'
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../harness/pgbouncer.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

const isHere = (await findPgBouncer()) !== undefined

describe.skipIf(!isHere)('through PgBouncer in transaction mode', () => {
  let database: TestDatabase
  let pooler: PgBouncer
  let url: string

  beforeAll(async () => {
    const server = inject('postgres').url
    pooler = await startPgBouncer(server)
    database = await createTestDatabase(['bans', 'settings'])
    url = pooler.url(new URL(database.url).pathname.slice(1))
    process.env.DATABASE_URL = url
  })
  afterAll(async () => {
    await closeCacheVersions()
    await pooler?.stop()
    await database?.drop()
  })

  /** What Postgres has refused to the package in this database. */
  async function errorsInLog(): Promise<string[]> {
    const log = await readFile(inject('postgres').log, 'utf8')
    const ours = `${new URL(url).pathname.slice(1)}|next-cache-versions|`
    return log.split('\n').filter((line) => line.startsWith(ours) && /\|(ERROR|FATAL|PANIC):/.test(line))
  }

  test('whatever is done at once succeeds, and Postgres has no error in its log', async () => {
    const app = postgres(url, { max: 3, prepare: false, onnotice: () => {} })
    const db = drizzle(app)
    async function rounds(count: number, work: () => Promise<unknown>): Promise<void> {
      for (let round = 0; round < count; round += 1) await work()
    }
    await Promise.all([
      rounds(200, async () => expect(Object.keys(await readCacheVersions())).toContain('bans')),
      rounds(50, () => invalidateCache('bans', { reason: 'alone' })),
      rounds(50, () => invalidateCache(['bans', 'settings'], { actor: 'anna' })),
      rounds(20, () => invalidateAllCaches()),
      rounds(50, async () => expect((await readCacheOverview()).length).toBeGreaterThan(1)),
      rounds(50, () => readCacheInvalidations({ limit: 5 })),
      rounds(50, () => db.transaction((tx) => invalidateCache('settings', { tx, reason: 'with a change' }))),
    ])
    await app.end()
    const [line] = await database.sql`
      select count(*) filter (where reason = 'alone')::int as alone,
        count(*) filter (where reason = 'with a change')::int as with_change
      from cache_invalidations where version is not null`
    expect(line).toEqual({ alone: 50, with_change: 50 })
    expect(await errorsInLog()).toEqual([])
  })

  test('doctor sees the pooler, and has no trouble with it', async () => {
    const findings = await databaseFindings([], invocationOf({ env: { DATABASE_URL: url } }))
    expect(findings.map(({ found }) => found)).toContain(
      'A pooler is in between, and needs no settings; behind it servers hold no leases',
    )
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
  })

  test('one migration after another needs no lock of the one before', async () => {
    const empty = `${new URL(url).pathname.slice(1)}_empty`
    await database.sql.unsafe(`create database ${empty}`)
    for (let time = 0; time < 4; time += 1) await migrate(pooler.url(empty))
    await Promise.all([migrate(pooler.url(empty)), migrate(pooler.url(empty))])
    process.env.DATABASE_URL = pooler.url(empty)
    expect(await readCacheVersions()).toHaveProperty('settings')
    process.env.DATABASE_URL = url
    await closeCacheVersions()
  })
})
