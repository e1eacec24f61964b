import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { startLeaseServer } from './lease-server.ts'
import { type Load, load, median } from './load.ts'

const invalidationsPerSecond = [0, 1, 10, 100]
const turns = 5

/** Asks two servers in turn, one under leases and one without, beside so many invalidations a second. */
export async function timeReads(urls: { leases: string; off: string }, seconds: number) {
  const rows: Record<string, number>[] = []
  for (const rate of invalidationsPerSecond) {
    const leases = await startLeaseServer({ databaseUrl: urls.leases, leases: true })
    const off = await startLeaseServer({ databaseUrl: urls.off, leases: false })
    const writing = { leases: startInvalidating(urls.leases, rate), off: startInvalidating(urls.off, rate) }
    try {
      // Until the pauses between leases are those of this rate.
      for (const { url } of [leases, off]) await load(url, 16, 2 * seconds)
      for (const connections of [1, 16]) {
        const loads = { leases: [] as Load[], off: [] as Load[] }
        for (let turn = 0; turn < turns; turn++) {
          loads.off.push(await load(off.url, connections, seconds))
          loads.leases.push(await load(leases.url, connections, seconds))
        }
        rows.push(row(rate, connections, loads))
      }
    } finally {
      for (const stop of Object.values(writing)) await stop()
      for (const server of [leases, off]) await server.stop()
    }
  }
  return rows
}

function row(invalidations: number, connections: number, { leases, off }: Record<'leases' | 'off', Load[]>) {
  const rates = leases.map(({ rate }, turn) => rate / (off[turn]?.rate ?? Number.NaN))
  const of = (loads: readonly Load[], name: keyof Load) => median(loads.map((load) => load[name]))
  return {
    invalidations,
    connections,
    'off rate': Math.round(of(off, 'rate')),
    'leases rate': Math.round(of(leases, 'rate')),
    'off p50': Number(of(off, 'p50').toFixed(3)),
    'leases p50': Number(of(leases, 'p50').toFixed(3)),
    'of the rate': Number(median(rates).toFixed(2)),
    'at least': Number(Math.min(...rates).toFixed(2)),
    'at most': Number(Math.max(...rates).toFixed(2)),
  }
}

/** Invalidates at that rate, until it is stopped. */
function startInvalidating(url: string, perSecond: number): () => Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const stopping = new AbortController()
  const work = async () => {
    if (perSecond === 0) return
    for (let next = performance.now(); !stopping.signal.aborted; ) {
      next += 1000 / perSecond
      await sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
      await delay(Math.max(0, next - performance.now()), undefined, { signal: stopping.signal }).catch(
        () => {},
      )
    }
  }
  const working = work()
  return async () => {
    stopping.abort()
    await working
    await sql.end({ timeout: 5 })
  }
}
