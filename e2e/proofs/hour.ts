import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { kinds } from '../harness/kinds.ts'
import { rounded } from './figures.ts'
import { onFixtureCluster } from './fixture-cluster.ts'
import { boundMebibytes } from './memory/bound.ts'

const mebibyte = 1024 * 1024
const atOnce = 16
const requestsPerInvalidation = 500
const requestsPerNewPath = 100

/** Asks one `next start` for pages of every kind, and measures its heap. An hour has 360,000 requests at 100 a second. */
export function proveHour(postgresUrl: string, requests: number) {
  return onFixtureCluster(postgresUrl, { servers: 1 }, (cluster) => loadForAnHour(cluster, requests))
}

async function loadForAnHour(cluster: Cluster, requests: number) {
  const url = cluster.servers[0]?.url ?? ''
  const paths = Object.values(kinds)
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(30_000) })
    const body = await response.text()
    if (!response.ok) throw new Error(`[cache-versions] ${path} answered ${response.status}.`)
    return body
  }
  const heap = async () => Number(await ask('/api/heap')) / mebibyte

  for (const path of paths) await ask(path)
  const before = await heap()
  let [next, invalidations, newPaths] = [0, 0, 0]
  const tenths: number[] = []
  const work = async () => {
    while (next < requests) {
      const n = next++
      if (n % requestsPerInvalidation === 0) await invalidateBySql(cluster, `value ${++invalidations}`)
      const isNew = n % requestsPerNewPath === 0
      await ask(isNew ? `/param/new-${++newPaths}` : (paths[n % paths.length] ?? ''))
      if ((n + 1) % Math.ceil(requests / 10) === 0) tenths.push((await heap()) - before)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const grown = Math.max(...tenths, (await heap()) - before)
  return {
    requests,
    invalidations,
    newPaths,
    mebibytes: {
      before: rounded(before),
      moreAtEachTenth: tenths.map((more) => rounded(more)),
      bound: boundMebibytes,
    },
    violations: grown > boundMebibytes ? [`the heap grew by ${rounded(grown)} MiB`] : [],
  }
}
