import { randomBytes } from 'node:crypto'
import { type CacheName, cached, closeCacheVersions, invalidateCache, redisStore } from 'next-cache-versions'
import postgres from 'postgres'
import { createClient } from 'redis'
import { holdDatabase } from '../../scripts/app/held-database.ts'
import { migrate } from '../../scripts/migrate.ts'

export interface InvalidationFigure {
  readonly entries: number
  readonly milliseconds: number
  readonly commandsToRedis: number
}

const cache = 'bench-values' as CacheName

/** Counts the commands that Redis runs for an invalidation while it holds so many entries, and times it. */
export async function invalidationFigures(
  redisUrl: string,
  entries: readonly number[],
): Promise<InvalidationFigure[]> {
  const database = await holdDatabase()
  const server = postgres(database.url, { max: 1, onnotice: () => {} })
  // One of its own: the app's log is for the app's invalidations.
  const name = `bench_${randomBytes(4).toString('hex')}`
  await server`create database ${server(name)}`
  const url = new URL(database.url)
  url.pathname = `/${name}`
  process.env.DATABASE_URL = url.href
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  const client = await createClient({ url: redisUrl }).connect()
  const store = redisStore({ url: redisUrl, namespace: 'bench', budgetMilliseconds: 5000 })
  try {
    await migrate(url.href)
    await sql`select start_cache_versioning(${cache})`
    const figures: InvalidationFigure[] = []
    for (const count of entries) {
      await client.flushDb()
      await cached('one of them', () => 'value', { ttlSeconds: 600, store })
      await client.sendCommand(['DEBUG', 'POPULATE', String(count - 1), 'bench:1:entry'])
      await invalidateCache(cache)
      const before = await commandsRun(client)
      const began = performance.now()
      await invalidateCache(cache)
      const milliseconds = Math.round(100 * (performance.now() - began)) / 100
      // The question itself is a command.
      figures.push({
        entries: count,
        milliseconds,
        commandsToRedis: (await commandsRun(client)) - before - 1,
      })
    }
    return figures
  } finally {
    await sql.end({ timeout: 5 })
    await closeCacheVersions()
    await server`drop database ${server(name)} with (force)`
    await server.end({ timeout: 5 })
    client.destroy()
    await database.release()
  }
}

async function commandsRun(client: { info(section: string): Promise<string> }): Promise<number> {
  return Number((await client.info('stats')).match(/total_commands_processed:(\d+)/)?.[1])
}
