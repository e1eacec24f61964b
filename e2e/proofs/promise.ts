import type { Cluster } from '../harness/cluster.ts'
import { onFixtureCluster } from './fixture-cluster.ts'
import { outcomeOf, type PromiseOutcome } from './promise/outcome.ts'
import { readAll } from './promise/readers.ts'
import { Tally } from './promise/tally.ts'
import { numberValues } from './promise/value.ts'
import { startWriting } from './promise/writers.ts'

/** Builds the fixture and checks the promise with three servers of it. */
export function provePromise(postgresUrl: string, reads: number): Promise<PromiseOutcome> {
  return onFixtureCluster(postgresUrl, 3, (cluster) => checkPromise(cluster, reads))
}

/**
 * Reads every kind of cache on every server while numbers that grow are written from everywhere. Each read notes which
 * numbers had been acknowledged to their writers before it was sent; an answer with a lower one breaks the promise.
 */
export async function checkPromise(cluster: Cluster, reads: number): Promise<PromiseOutcome> {
  await numberValues(cluster.sql)
  const tally = new Tally()
  const writing = startWriting(tally, cluster)
  try {
    await readAll(tally, cluster.servers, reads)
  } finally {
    await writing.stop()
  }
  return outcomeOf(tally, cluster.servers.length)
}
