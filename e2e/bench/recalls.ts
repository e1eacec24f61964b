import { setTimeout as delay } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { type LeaseServer, startLeaseServer } from './lease-server.ts'

/** Times in milliseconds. */
export interface Recalls {
  readonly leases: readonly number[]
  readonly off: readonly number[]
  /** The part of `leases` that the recall took, by Postgres's clock. */
  readonly recalls: readonly number[]
}

/** Between two reads of all servers together: fifty are not to be busy with nothing else. */
const readMilliseconds = 10
const longestRead = 10_000

/**
 * Times invalidations by an UPDATE while so many servers hold a lease, and while as many on the other database read
 * without, in turns. Each waits until all servers hold one.
 */
export async function timeRecalls(
  urls: { leases: string; off: string },
  servers: number,
  invalidations: number,
): Promise<Recalls> {
  const started: LeaseServer[] = []
  const every = readMilliseconds * Math.max(2, servers)
  const options = { max: 1, onnotice: () => {} }
  const [leases, off] = [postgres(urls.leases, options), postgres(urls.off, options)]
  // Looks have a session of their own, which is not the writer's that has just read the catalog.
  const looks = postgres(urls.leases, options)
  const times = { leases: [] as number[], off: [] as number[], recalls: [] as number[] }
  try {
    for (let i = 0; i < servers; i++) {
      started.push(
        await startLeaseServer({ databaseUrl: urls.leases, leases: true, every }),
        await startLeaseServer({ databaseUrl: urls.off, leases: false, every }),
      )
    }
    for (let i = -10; i < invalidations; i++) {
      await held(looks, servers)
      // At any moment of a lease.
      await delay(100 * Math.random())
      await held(looks, servers)
      const [before, timed] = [await invalidate(off), await invalidate(leases)]
      if (i < 0) continue
      times.off.push(before)
      times.leases.push(timed)
      const [line] = await looks`
        select recall_milliseconds as recall, recalled_leases as leases from cache_invalidations order by id desc limit 1`
      if (line?.recall != null) times.recalls.push(line.recall)
    }
    return times
  } finally {
    await Promise.all(started.map((server) => server.stop()))
    for (const sql of [leases, off, looks]) await sql.end({ timeout: 5 })
  }
}

async function invalidate(sql: Sql): Promise<number> {
  const began = performance.now()
  await sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
  return performance.now() - began
}

async function held(sql: Sql, servers: number): Promise<void> {
  const end = performance.now() + longestRead
  for (;;) {
    const [row] = await sql`select count(*)::int as held from cache_version_lease_holders()`
    if (row?.held >= servers) return
    if (performance.now() > end) throw new Error(`Only ${row?.held} of ${servers} servers hold a lease.`)
    await delay(5)
  }
}
