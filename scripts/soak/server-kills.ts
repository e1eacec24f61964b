import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { migrate } from '../migrate.ts'
import { findBinaries } from '../postgres/binaries.ts'
import { ensureCluster } from '../postgres/cluster.ts'
import { urlOf } from '../postgres/connection.ts'
import { findPlace } from '../postgres/place.ts'
import type { Plan } from '../postgres/plan.ts'
import { findServer } from '../postgres/server.ts'
import { startServer } from '../postgres/start-server.ts'
import { stopServer } from '../postgres/stop-server.ts'
import { until } from '../postgres/until.ts'
import { audit, startAudit } from './audit.ts'
import type { KillOutcome } from './client-kills.ts'
import { startLoad } from './server-load.ts'

/**
 * Kills a Postgres of its own, with all its processes, again and again while clients write to it. It syncs to the disk
 * as in production. After each restart everything that was acknowledged has to be there, each change with its
 * invalidation.
 */
export async function killServers(dataFolder: string, kills: number): Promise<KillOutcome> {
  const plan = await makePlan(dataFolder)
  const acknowledged: string[] = []
  try {
    let url = await start(plan)
    await prepare(url)
    for (let round = 1; round <= kills; round++) {
      const before = acknowledged.length
      const load = startLoad(url, acknowledged)
      await until('the first commit', 30, async () => {
        load.failed()
        return acknowledged.length > before ? true : undefined
      })
      await delay(Math.random() * 100)
      await load.endWith(() => killServer(plan.place.data))
      url = await start(plan)
      const violations = await connected(url, (sql) => audit(sql, acknowledged))
      if (violations.length > 0) return { kills: round, committed: acknowledged.length, violations }
    }
    return { kills, committed: acknowledged.length, violations: [] }
  } finally {
    await removeServer(plan)
  }
}

/** No keeper: whoever kills it is there to start and to stop it. */
async function makePlan(dataFolder: string): Promise<Plan> {
  const place = await findPlace(dataFolder)
  const binaries = await findBinaries(place.owner)
  await ensureCluster(place, binaries)
  return { place, program: binaries.postgres, durable: true, graceSeconds: 0 }
}

async function start(plan: Plan): Promise<string> {
  // A port that another program took meanwhile is not had again.
  const { port } = await startServer(plan)
  return urlOf(port, 'postgres')
}

async function removeServer({ place }: Plan): Promise<void> {
  const server = await findServer(place.data)
  if (server) await stopServer(place.data, server.pid)
  await rm(place.folder, { recursive: true, force: true })
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

/** The postmaster first, for it would only restart the others. */
async function killServer(data: string): Promise<void> {
  const server = await findServer(data)
  if (!server)
    throw new Error('[cache-versions] There is no Postgres to kill. See postgres.log beside its data.')
  const children = childrenOf(server.pid)
  for (const pid of [server.pid, ...children]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It went with the postmaster.
    }
  }
  await until('Postgres to be gone', 10, async () =>
    (await findServer(data))?.pid === server.pid ? undefined : true,
  )
}

/** Where the system does not tell them, they end by themselves when they miss the postmaster. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  } catch {
    return []
  }
}

async function connected<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
