import type { Cluster } from '../harness/cluster.ts'
import { type Gate, gate } from '../harness/gate.ts'
import { leaseOf } from '../harness/lease.ts'
import { onFixtureCluster } from './fixture-cluster.ts'
import { type Disturbed, startDisturbing } from './leases/disturbances.ts'
import type { PromiseOutcome } from './promise/outcome.ts'
import { afterReads, checkPromise } from './promise.ts'

/** So few that servers come to hold leases between two writes. */
const readsPerWrite = 40

interface LeasesOutcome extends PromiseOutcome {
  readonly disturbances: Readonly<Record<string, number>>
  readonly leases: number
  readonly recalls: number
  readonly readsFromMemory: number
}

/** Checks the promise with three servers under leases that are frozen, blocked, cut off and have their clocks set. */
export function proveLeases(postgresUrl: string, reads: number): Promise<LeasesOutcome> {
  return onFixtureCluster(postgresUrl, { servers: 0 }, async (cluster) => {
    const servers = [
      await startBehindGate(cluster),
      await startBehindGate(cluster),
      await startBehindGate(cluster),
    ]
    try {
      return await check(cluster, servers, reads)
    } finally {
      for (const { gate } of servers) await gate.stop()
    }
  })
}

async function check(cluster: Cluster, servers: readonly Disturbed[], reads: number): Promise<LeasesOutcome> {
  const disturbing = startDisturbing(servers)
  const outcome = await checkPromise(cluster, afterReads(reads), readsPerWrite).finally(() =>
    disturbing.stop(),
  )
  const leases = await Promise.all(servers.map(({ server }) => leaseOf(server)))
  const sum = (name: 'leases' | 'recalls' | 'reads') =>
    leases.reduce((total, lease) => total + lease[name], 0)
  return {
    ...outcome,
    // A server that cannot reach Postgres fails, and has to.
    failures: outcome.failures.filter((failure) => !/ of server \d+ (failed|showed no value)/.test(failure)),
    disturbances: await disturbing.stop(),
    leases: sum('leases'),
    recalls: sum('recalls'),
    readsFromMemory: sum('reads'),
  }
}

async function startBehindGate(cluster: Cluster): Promise<Disturbed> {
  const url = new URL(cluster.databaseUrl)
  const own: Gate = await gate(Number(url.port || 5432), url.hostname)
  url.host = `127.0.0.1:${own.port}`
  const server = await cluster.start({ DATABASE_URL: url.href })
  return { server, gate: own, pid: (await leaseOf(server)).pid }
}
