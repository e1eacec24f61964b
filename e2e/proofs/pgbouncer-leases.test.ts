import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { closeCacheVersions } from '../../lib/versions/close.ts'
import { allowLeases } from '../../lib/versions/lease/refusal.ts'
import { leaseStatus } from '../../lib/versions/lease/status.ts'
import { readCacheVersions } from '../../lib/versions/read.ts'
import { startLeaseReaders } from '../harness/lease-readers.ts'
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../harness/pgbouncer.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

const isHere = (await findPgBouncer()) !== undefined
const writes = 30

describe.skipIf(!isHere)('behind PgBouncer in transaction mode', () => {
  let database: TestDatabase
  let pooler: PgBouncer
  let pooled: Sql
  let number = 0

  beforeAll(async () => {
    pooler = await startPgBouncer(inject('postgres').url)
    database = await createTestDatabase(['bans'])
    process.env.DATABASE_URL = pooler.url(new URL(database.url).pathname.slice(1))
    pooled = postgres(process.env.DATABASE_URL, { max: 2, prepare: false, onnotice: () => {} })
    await database.sql`update cache_versions set version = '00000000'`
  })
  afterAll(async () => {
    await closeCacheVersions()
    await pooled?.end()
    await pooler?.stop()
    await database?.drop()
  })

  /** Returns the number it has written. */
  async function write(sql: Sql): Promise<number> {
    number += 1
    await sql`update cache_versions set version = ${String(number).padStart(8, '0')} where cache = 'bans'`
    return number
  }

  test('a server holds no lease, says why once, and reads what was committed', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    allowLeases()
    const isTold = async () => {
      await readCacheVersions()
      return warn.mock.calls.length
    }
    await expect.poll(isTold, { interval: 5 }).toBe(1)
    for (let round = 0; round < writes; round++) {
      const written = await write(round % 2 ? pooled : database.sql)
      expect(Number((await readCacheVersions()).bans)).toBe(written)
    }
    expect(warn.mock.calls).toEqual([[expect.stringContaining('A pooler stands before Postgres')]])
    expect(leaseStatus()).toMatchObject({ leases: 0, reads: 0 })
    expect(await database.sql`select from cache_version_lease_holders()`).toEqual([])
  })

  test('a writer recalls the leases of servers with a connection of their own', async () => {
    const servers = await startLeaseReaders(database.url, 2, { acknowledged: number })
    const waits: number[] = []
    for (let round = 0; round < writes; round++) {
      await servers.leased()
      const start = performance.now()
      servers.acknowledge(await write(pooled))
      waits.push(performance.now() - start)
    }
    const outcomes = await servers.end()
    expect(outcomes.map(({ old, failures }) => ({ old, failures }))).toEqual(
      outcomes.map(() => ({ old: 0, failures: [] })),
    )
    // Now and then a lease ends by itself.
    for (const { recalls } of outcomes) expect(recalls).toBeGreaterThan(writes / 2)
    // It does not outlast them.
    expect(Math.max(...waits)).toBeLessThan(1250)
  })
})
