import { parseArgs } from 'node:util'
import { createDatabase } from '../harness/database.ts'
import { startTestPostgres } from '../harness/postgres.ts'
import { timeReads } from './lease-reads.ts'
import { median } from './load.ts'
import { timeRecalls } from './recalls.ts'

const usage = `Usage: pnpm tsx e2e/bench/leases.ts [options]

Times invalidations by an UPDATE while servers hold leases, and reads through an HTTP server beside invalidations, each
in turns with leases off. A server is a thread with its own connections and lease. The Postgres is its own, without
fsync, and those with leases and those without have a database each.

Options:
  --only <which>        recalls or reads (default: both)
  --invalidations N     How many are timed for each number of servers (default: 300)
  --servers N,N,…       Numbers of servers (default: 0,1,2,10,50)
  --seconds N           How long each turn of reads lasts, of five (default: 2)
  -h, --help            Print this
`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    invalidations: { type: 'string', default: '300' },
    servers: { type: 'string', default: '0,1,2,10,50' },
    seconds: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(usage)
else await bench()

async function bench(): Promise<void> {
  const server = await startTestPostgres()
  try {
    const urls = {
      leases: (await createDatabase(server.url, 'bench_leases')).href,
      off: (await createDatabase(server.url, 'bench_off')).href,
    }
    if (values.only !== 'reads') await recalls(urls)
    if (values.only !== 'recalls') console.table(await timeReads(urls, Number(values.seconds)))
  } finally {
    await server.stop()
  }
}

async function recalls(urls: { leases: string; off: string }): Promise<void> {
  for (const servers of values.servers.split(',').map(Number)) {
    const { leases, off, recalls } = await timeRecalls(urls, servers, Number(values.invalidations))
    const row = {
      servers,
      ...named('off', off),
      ...named('leases', leases),
      ...(recalls.length > 0 ? named('recall', recalls) : {}),
      more: rounded(median(leases) - median(off)),
    }
    // One after the other: fifty servers take their time.
    console.table([row])
  }
}

function named(name: string, times: readonly number[]): Record<string, number> {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN)
  return { [`${name} p50`]: at(0.5), [`${name} p99`]: at(0.99), [`${name} max`]: at(1) }
}

function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(2))
}
