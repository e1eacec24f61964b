import { setTimeout as delay } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import { type CacheName, closeCacheVersions, invalidateCache } from 'next-cache-versions'
import postgres from 'postgres'
import { median, millisecondsOf, rounded } from './figures.ts'

// Not among the caches of the demo, whose names its Register holds.
const cache = 'waiting' as CacheName

/** Times an invalidation beside a transaction that has invalidated the same cache and stays open for a second. */
export async function timeSecondWriter(url: string, rounds: number) {
  process.env.DATABASE_URL = url
  const sql = postgres(url, { max: 4, onnotice: () => {} })
  const times: number[] = []
  try {
    await sql`select start_cache_versioning(${cache})`
    for (let round = 0; round < rounds; round++) {
      await drizzle(sql).transaction(async (tx) => {
        await invalidateCache(cache, { tx })
        const held = delay(1000)
        times.push(await millisecondsOf(() => invalidateCache(cache)))
        await held
      })
    }
    return {
      rounds,
      medianMilliseconds: rounded(median(times)),
      maxMilliseconds: rounded(Math.max(...times)),
    }
  } finally {
    await closeCacheVersions()
    await sql.end({ timeout: 5 })
  }
}
