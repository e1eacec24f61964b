import { sql as statement } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { type CacheName, invalidateCache } from 'next-cache-versions'
import postgres, { type Sql } from 'postgres'
import { audit, startAudit } from './audit.ts'

export interface RaceOutcome {
  committed: number
  /** Each is an error of a transaction that was to commit: a deadlock, say. */
  failures: string[]
  violations: string[]
}

/** Gives the names of caches that one transaction invalidates, in its order. */
type Choice = (round: number) => string[]

/** Two writers that invalidate all of the caches one by one, the second in the reversed order. */
export function raceInReversedOrder(url: string, rounds: number): Promise<RaceOutcome> {
  return race(url, rounds, (caches) => [() => caches, () => caches.toReversed()])
}

/** Writers that invalidate random caches in a random order. */
export function raceOverRandomSubsets(url: string, rounds: number, writers = 8): Promise<RaceOutcome> {
  const shuffled = (caches: string[]) =>
    caches
      .map((cache) => ({ cache, at: Math.random() }))
      .sort((one, other) => one.at - other.at)
      .map(({ cache }) => cache)
  return race(url, rounds, (caches) =>
    Array.from({ length: writers }, () => () => {
      return shuffled(caches).slice(0, 1 + Math.floor(Math.random() * 4))
    }),
  )
}

async function race(
  url: string,
  rounds: number,
  choices: (caches: string[]) => Choice[],
): Promise<RaceOutcome> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const caches = Array.from({ length: 10 }, (_, index) => `race-${index}`)
    await sql`select start_cache_versioning(name) from unnest(${caches}::text[]) as name`
    await startAudit(sql)
    const outcomes = await Promise.all(choices(caches).map((choice) => write(url, rounds, choice)))
    const [row] = await sql<{ committed: number }[]>`
      select count(distinct txid)::int as committed from noted_changes`
    return { committed: row?.committed ?? 0, failures: outcomes.flat(), violations: await audit(sql) }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** One writer with a connection of its own; gives what went wrong. */
async function write(url: string, rounds: number, choice: Choice): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const failures: string[] = []
  try {
    // A few tell enough.
    for (let round = 0; round < rounds && failures.length < 3; round++) {
      await transaction(sql, choice(round)).catch((error: Error) => {
        failures.push(String(error.cause ?? error))
      })
    }
    return failures
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function transaction(sql: Sql, caches: readonly string[]): Promise<void> {
  await drizzle(sql).transaction(async (tx) => {
    for (const cache of caches) {
      await tx.execute(statement`insert into noted_changes (cache) values (${cache})`)
      await invalidateCache(cache as CacheName, { tx })
    }
  })
}
