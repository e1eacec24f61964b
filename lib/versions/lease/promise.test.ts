import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { type ReaderOutcome, startLeaseReaders } from '../../test/lease-readers.ts'

// Servers that read from memory, beside a writer who numbers the versions. `pnpm soak leases` runs it for longer.

const writes = Number(process.env.LEASE_WRITES ?? 30)
const readers = 3
/** A lease lasts for a second, and Postgres keeps its lock for a quarter longer; a busy machine takes its time. */
const longestWait = 1250 + 500

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  await database.sql`update cache_versions set version = '00000000'`
})
afterAll(() => database.drop())

interface Outcome {
  readonly readers: readonly ReaderOutcome[]
  /** How long its writers have waited, in milliseconds, the shortest first. */
  readonly waits: readonly number[]
}

/** With `recalls` each write comes while all hold a lease. */
async function run(
  rounds: number,
  { blocks = false, recalls = false }: { blocks?: boolean; recalls?: boolean } = {},
): Promise<Outcome> {
  const [row] = await database.sql`select version from cache_versions`
  let number = Number(row?.version)
  const threads = await startLeaseReaders(database.url, readers, { acknowledged: number, blocks })
  const waits: number[] = []
  for (let round = 0; round < rounds; round++) {
    await (recalls ? threads.leased() : delay(Math.random() * (blocks ? 300 : 60)))
    const began = performance.now()
    await write(++number)
    waits.push(performance.now() - began)
    threads.acknowledge(number)
  }
  return { readers: await threads.end(), waits: waits.sort((a, b) => a - b) }
}

async function write(number: number): Promise<void> {
  const version = String(number).padStart(8, '0')
  await database.sql.begin(async (tx) => {
    await tx`update cache_versions set version = ${version} where cache = 'bans'`
    // A commit that comes later than the change leaves time to read in between.
    if (number % 3 === 0) await delay(Math.random() * 5)
  })
}

function total(outcome: Outcome, name: 'reads' | 'fromMemory' | 'leases' | 'recalls' | 'old'): number {
  return outcome.readers.reduce((sum, reader) => sum + reader[name], 0)
}

test('no read from memory is old', async () => {
  const outcome = await run(writes)
  report(outcome)
  expect(outcome.readers.flatMap(({ failures }) => failures)).toEqual([])
  expect(total(outcome, 'old')).toBe(0)
  expect(total(outcome, 'fromMemory')).toBeGreaterThan(100 * writes)
  expect(total(outcome, 'recalls')).toBeGreaterThan(writes)
  expect(outcome.waits.at(-1)).toBeLessThan(longestWait)
}, 600_000)

test('nor while event loops are blocked, for a moment or for longer than a lease lasts', async () => {
  const outcome = await run(Math.ceil(writes / 5), { blocks: true })
  report(outcome)
  expect(total(outcome, 'old')).toBe(0)
  expect(total(outcome, 'fromMemory')).toBeGreaterThan(writes)
  expect(outcome.waits.at(-1)).toBeLessThan(longestWait)
}, 600_000)

test('nor where a recall comes as an error', async () => {
  await database.sql`
    create or replace function await_cache_version_recall(seconds float8) returns boolean language sql
    return pg_sleep(seconds) is null`
  const outcome = await run(Math.ceil(writes / 5), { recalls: true })
  report(outcome)
  expect(total(outcome, 'old')).toBe(0)
  expect(total(outcome, 'recalls')).toBeGreaterThan(0)
  // The lock is there until it is given up; else each writer would have to outlast a lease.
  expect(median(outcome.waits)).toBeLessThan(500)
}, 600_000)

function median(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor(sorted.length / 2)]
}

function report(outcome: Outcome): void {
  if (!process.env.LEASE_WRITES) return
  const names = ['reads', 'fromMemory', 'leases', 'recalls', 'old'] as const
  const figures = Object.fromEntries(names.map((name) => [name, total(outcome, name)]))
  console.log(JSON.stringify({ ...figures, longest: Math.round(outcome.waits.at(-1) ?? 0) }))
}
