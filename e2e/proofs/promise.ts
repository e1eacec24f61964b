import type { Cluster } from '../harness/cluster.ts'
import { onFixtureCluster } from './fixture-cluster.ts'
import { outcomeOf, type PromiseOutcome } from './promise/outcome.ts'
import { askedKinds, readAll } from './promise/readers.ts'
import { type IsEnough, Tally } from './promise/tally.ts'
import { numberValues } from './promise/value.ts'
import { startWriting } from './promise/writers.ts'

/** Builds the fixture and checks the promise with three servers of it, without leases: each request reads Postgres. */
export function provePromise(postgresUrl: string, reads: number): Promise<PromiseOutcome> {
  return onFixtureCluster(postgresUrl, { servers: 3, env: { CACHE_VERSIONS_LEASES: 'off' } }, (cluster) =>
    checkPromise(cluster, afterReads(reads)),
  )
}

export function afterReads(reads: number): IsEnough {
  return ({ pace }) => pace.ended >= reads
}

/**
 * So many reads, and more until each writer has written, and each kind has come out of a cache, or has shown an old value;
 * but not for ever.
 */
export function untilOfEveryKind(count: 'cached' | 'old', reads: number): IsEnough {
  return ({ pace, byKind, writes }) =>
    pace.ended >= 10 * reads ||
    (pace.ended >= reads &&
      [...writes.values()].every((written) => written > 0) &&
      askedKinds.every((kind) => (byKind.get(kind)?.[count] ?? 0) > 0))
}

/**
 * Reads every kind of cache on every server while numbers that grow are written from everywhere. Each read notes which
 * numbers had been acknowledged to their writers before it was sent; an answer with a lower one breaks the promise. There are so many reads of
 * each server to a write; with too few nothing would come out of a cache, and no server would come to hold a lease.
 */
export async function checkPromise(
  cluster: Cluster,
  isEnough: IsEnough,
  readsPerWrite = 25,
): Promise<PromiseOutcome> {
  await numberValues(cluster.sql)
  const tally = new Tally()
  const writing = startWriting(tally, cluster, readsPerWrite)
  try {
    await readAll(tally, cluster.servers, isEnough)
  } finally {
    await writing.stop()
  }
  return outcomeOf(tally, cluster.servers.length)
}
