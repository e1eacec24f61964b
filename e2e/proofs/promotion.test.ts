import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { closeCacheVersions } from '../../lib/versions/close.ts'
import { allowLeases } from '../../lib/versions/lease/refusal.ts'
import { leaseStatus } from '../../lib/versions/lease/status.ts'
import { readCacheVersions } from '../../lib/versions/read.ts'
import { firstPostgres, type Running, session } from './promotion/losses.ts'
import { provePromotions } from './promotion.ts'

let folder: string
let postgres: Running

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-promotion-'))
  postgres = await firstPostgres(join(folder, 'first'))
})
afterAll(async () => {
  await postgres.postgres.remove()
  await rm(folder, { recursive: true, force: true })
})

test('a standby gives no lease, which is said once, and a server on it has one after its promotion', async () => {
  const { place, stop, start } = postgres.postgres
  await stop('fast')
  await writeFile(join(place.data, 'standby.signal'), '')
  await start()
  process.env.DATABASE_URL = postgres.url
  allowLeases()
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const isTold = async () => {
    expect(await readCacheVersions()).toHaveProperty('bans')
    return warn.mock.calls.length
  }
  await expect.poll(isTold, { interval: 5 }).toBe(1)
  for (let i = 0; i < 20; i++) await readCacheVersions()
  expect(warn.mock.calls).toEqual([[expect.stringContaining('This Postgres is a standby')]])
  expect(leaseStatus()).toMatchObject({ leases: 0, refusal: expect.stringContaining('standby') })

  await session(postgres.url, (sql) => sql`select pg_promote()`)
  const { now } = performance
  // A reason that lasts is looked at again in a minute.
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 60_000)
  const isLeased = async () => {
    await readCacheVersions()
    return leaseStatus()
  }
  await expect.poll(isLeased, { interval: 5 }).toMatchObject({ since: expect.any(Date), refusal: undefined })
  await closeCacheVersions()
  vi.restoreAllMocks()
})

test('after a promotion or a crash that no server has heard of, one writer outlasts all leases, and no read is old', async () => {
  const outcome = await provePromotions(folder, ['promotion', 'kill of a backend'], postgres)
  expect(outcome.violations).toEqual([])
  expect(outcome.rounds).toHaveLength(2)
})
