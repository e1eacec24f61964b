import {
  type CacheName,
  closeCacheVersions,
  invalidateCache,
  readCacheInvalidations,
  readCacheOverview,
} from 'next-cache-versions'
import postgres from 'postgres'
import { median, millisecondsOf, rounded } from './figures.ts'

const lines = 1_000_000

/** Times what the log is read and written by, with an empty log and with a million lines in it. */
export async function timeLogAtSize(url: string, rounds: number) {
  process.env.DATABASE_URL = url
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const caches = Array.from({ length: 20 }, (_, index) => `log-${index}`)
    await sql`select start_cache_versioning(name) from unnest(${caches}::text[]) as name`
    await sql`select start_cache_versioning('log-rare')`
    await invalidateCache('log-rare' as CacheName)
    const empty = await timeEach(rounds, 0)
    await sql`
      insert into cache_invalidations (cache, version, invalidated_at)
      select 'log-' || n % 20, 'aVersion', now() - n * interval '1 second'
      from generate_series(${lines}::int, 1, -1) as n`
    const [middle] = await sql<{ id: number }[]>`
      select percentile_disc(0.5) within group (order by id)::float8 as id from cache_invalidations`
    const full = await timeEach(rounds, middle?.id ?? 0)
    const batch = await millisecondsOf(() => sql`select prune_cache_invalidations('0')`)
    return { empty, full, pruneTenThousand: rounded(batch) }
  } finally {
    await closeCacheVersions()
    await sql.end({ timeout: 5 })
  }
}

/** Medians, in milliseconds. */
async function timeEach(rounds: number, deep: number) {
  const work = {
    firstPage: () => readCacheInvalidations(),
    deepPage: () => readCacheInvalidations({ before: deep }),
    overview: () => readCacheOverview(),
    invalidate: () => invalidateCache('log-0' as CacheName),
  }
  const medians: Record<string, number> = {}
  for (const [name, action] of Object.entries(work)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) times.push(await millisecondsOf(action))
    medians[name] = rounded(median(times))
  }
  return medians
}
