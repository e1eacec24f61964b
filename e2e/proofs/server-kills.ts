import { setTimeout as delay } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { migrate } from '../../scripts/migrate.ts'
import { until } from '../../scripts/until.ts'
import { audit, startAudit } from './audit.ts'
import type { KillOutcome } from './client-kills.ts'
import { ownPostgres } from './own-postgres.ts'
import { startLoad } from './server-load.ts'

/**
 * Kills a Postgres of its own, with all its processes, again and again while clients write to it. It syncs to the disk
 * as in production. After each restart everything that was acknowledged has to be there, each change with its
 * invalidation.
 */
export async function killServers(dataFolder: string, kills: number): Promise<KillOutcome> {
  const server = await ownPostgres(dataFolder)
  const acknowledged: string[] = []
  try {
    let url = await server.start()
    await prepare(url)
    for (let round = 1; round <= kills; round++) {
      const before = acknowledged.length
      const load = startLoad(url, acknowledged)
      await until('the first commit', 30, async () => {
        load.failed()
        return acknowledged.length > before ? true : undefined
      })
      await delay(Math.random() * 100)
      await load.endWith(() => server.stop('kill'))
      url = await server.start()
      const violations = await connected(url, (sql) => audit(sql, acknowledged))
      if (violations.length > 0) return { kills: round, committed: acknowledged.length, violations }
    }
    return { kills, committed: acknowledged.length, violations: [] }
  } finally {
    await server.remove()
  }
}

async function prepare(url: string): Promise<void> {
  await migrate(url)
  await connected(url, async (sql) => {
    await sql`select start_cache_versioning('server-' || n) from generate_series(0, 2) as n`
    await sql`create table watched (id int)`
    await sql`select invalidate_cache_on_write('server-2', 'watched')`
    await startAudit(sql)
  })
}

async function connected<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
