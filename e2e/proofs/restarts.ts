import { setTimeout as delay } from 'node:timers/promises'
import postgresJs from 'postgres'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { kinds } from '../harness/kinds.ts'
import { isLeased, leaseOf } from '../harness/lease.ts'
import type { NextServer } from '../harness/next-server.ts'
import { values } from '../harness/page.ts'
import { until } from '../harness/until.ts'
import { onFixtureCluster } from './fixture-cluster.ts'
import { type OwnPostgres, ownPostgres } from './own-postgres.ts'

const readersPerServer = 6
/** An answer that takes longer does not come: Postgres is back within a second, and no wait of ours is as long. */
const longestMilliseconds = 15_000
const readsBetweenRestarts = 40
/** A lease that lives for so long before it is recalled is followed by the next one soon. */
const millisecondsBetweenWrites = 600

interface RestartOutcome {
  readonly restarts: number
  readonly reads: { answered: number; failed: number }
  /** Servers that held a lease when Postgres was stopped, of all restarts. */
  readonly leased: number
  /** What the servers have held in all. */
  readonly leases: number
  readonly recalls: number
  readonly readsFromMemory: number
  readonly violations: string[]
}

/**
 * Restarts Postgres again and again under readers of every kind of cache on two servers and a writer. Reads may fail
 * meanwhile, but each must be answered, and after each restart every kind on every server must show what is current.
 */
export async function proveRestarts(dataFolder: string, restarts: number): Promise<RestartOutcome> {
  const postgres = await ownPostgres(dataFolder)
  const endTolerance = toleratingDriver()
  try {
    return await onFixtureCluster(await postgres.start(), { servers: 2 }, (cluster) =>
      restart(cluster, postgres, restarts),
    )
  } finally {
    endTolerance()
    await postgres.remove()
  }
}

async function restart(cluster: Cluster, postgres: OwnPostgres, restarts: number): Promise<RestartOutcome> {
  const reads = { answered: 0, failed: 0 }
  const violations: string[] = []
  let ended = false
  let isCalm = false
  let leased = 0
  const reader = async (server: NextServer) => {
    while (!ended) {
      const path = pick(Object.values(kinds))
      const outcome = await ask(server, path)
      if (outcome === 'none') violations.push(`${server.url}${path} was not answered`)
      reads[outcome === 'ok' ? 'answered' : 'failed']++
    }
  }
  const writer = async () => {
    for (let n = 0; !ended; n++) {
      await write(cluster, `restart-${n}`).catch(() => {})
      if (isCalm) await delay(millisecondsBetweenWrites)
    }
  }
  const load = [
    ...cluster.servers.flatMap((server) => Array.from({ length: readersPerServer }, () => reader(server))),
    writer(),
  ]
  for (let round = 0; round < restarts && violations.length === 0; round++) {
    const enough = reads.answered + readsBetweenRestarts
    while (reads.answered < enough && violations.length === 0)
      await ask(pick(cluster.servers), '/unversioned')
    // Every second time it is stopped when all hold leases; else in the middle of writes.
    if (isCalm) await until(async () => (await countLeased(cluster)) === cluster.servers.length)
    leased += await countLeased(cluster)
    await postgres.stop(pick(['fast', 'immediate', 'kill'] as const))
    await postgres.start()
    isCalm = !isCalm
  }
  ended = true
  await Promise.all(load)
  await write(cluster, 'at-the-end')
  for (const server of cluster.servers) {
    for (const [kind, path] of Object.entries(kinds)) {
      const seen = await inTime(values(server, path)).catch((error: Error) => [error.message])
      if (seen.some((value) => value !== 'at-the-end')) violations.push(`${kind} at the end: ${seen}`)
    }
  }
  const answers = await Promise.all(cluster.servers.map((server) => leaseOf(server)))
  const sum = (name: 'leases' | 'recalls' | 'reads') => answers.reduce((all, answer) => all + answer[name], 0)
  return {
    restarts,
    reads,
    leased,
    leases: sum('leases'),
    recalls: sum('recalls'),
    readsFromMemory: sum('reads'),
    violations,
  }
}

async function countLeased({ servers }: Cluster): Promise<number> {
  const answers = await Promise.all(servers.map((server) => isLeased(server).catch(() => false)))
  return answers.filter(Boolean).length
}

/** Writes over a connection of its own: a pool of postgres.js may not survive a restart (porsager/postgres#1154). */
async function write({ databaseUrl }: Cluster, value: string): Promise<void> {
  const sql = postgresJs(databaseUrl, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    await inTime(invalidateBySql({ sql }, value))
  } finally {
    await sql.end({ timeout: 0 })
  }
}

/** When a connection breaks, postgres.js 3.4.9 throws outside of every promise, or rejects one that nobody has. */
function toleratingDriver(): () => void {
  const tolerate = (error: Error) => {
    if (!error.stack?.includes('nextWrite') && !('code' in error)) throw error
  }
  process.on('uncaughtException', tolerate)
  return () => process.off('uncaughtException', tolerate)
}

async function ask(server: NextServer, path: string): Promise<'ok' | 'failed' | 'none'> {
  try {
    const response = await fetch(server.url + path, { signal: AbortSignal.timeout(longestMilliseconds) })
    await response.text()
    return response.ok ? 'ok' : 'failed'
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'none' : 'failed'
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    AbortSignal.timeout(longestMilliseconds).addEventListener('abort', () => reject(new Error('no answer')))
  })
  return Promise.race([answer, late])
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T
}
