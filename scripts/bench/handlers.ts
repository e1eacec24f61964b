import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { type App, buildApp } from '../../e2e/fixtures/handlers/support/app.ts'
import { type Cluster, startCluster } from '../../e2e/fixtures/handlers/support/cluster.ts'
import { ensurePostgres } from '../postgres/ensure-postgres.ts'
import { removePostgres } from '../postgres/remove-postgres.ts'
import { type Load, load, median } from './load.ts'

const usage = `Usage: pnpm tsx scripts/bench/handlers.ts [options]

Compares the cache handlers with those of stock Next, on one app built twice: a static page and a static route handler
that depend on a version. The two are asked in turn; what counts are the ratios. Prints medians.

Options:
  --runs N     How often each is asked (default: 5)
  --seconds N  How long each time (default: 5)
  -h, --help   Print this
`

const pages = { 'static page': '/versioned', 'static route handler': '/api/static' }

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(usage)
else await compare(Number(values.runs), Number(values.seconds))

async function compare(runs: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-bench-'))
  const server = await ensurePostgres({ dataFolder: join(folder, 'postgres'), durable: false })
  const hold = postgres(server.url, { max: 1 })
  await hold`select 1`
  const apps: App[] = []
  const clusters: Cluster[] = []
  try {
    for (const variant of ['stock', 'components']) {
      const app = await buildApp({ postgresUrl: server.url, variant, without: ['proxy.ts'] })
      apps.push(app)
      clusters.push(await startCluster(app, { servers: 1, direct: true }))
    }
    const [plain = '', versioned = ''] = clusters.map(({ servers }) => servers[0]?.url)
    console.log(`${runs} alternating runs of ${seconds} s, medians\n`)
    console.log(`${await selectMilliseconds(server.url, plain + pages['static page'])}\n`)
    for (const connections of [1, 16]) {
      for (const [name, path] of Object.entries(pages)) {
        const figures = await alternate(plain + path, versioned + path, connections, runs, seconds)
        console.log(`${name}, ${connections} connection${connections > 1 ? 's' : ''}`)
        console.log(`  stock Next     ${figures.plain}\n  with versions  ${figures.versioned}`)
        console.log(`  rate ${figures.ratio} of stock's, median ${figures.added} ms more\n`)
      }
    }
    console.log(await selectMilliseconds(server.url, plain + pages['static page']))
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()))
    await Promise.all(apps.map((app) => app.remove()))
    await hold.end()
    await removePostgres(server)
    await rm(folder, { recursive: true, force: true })
  }
}

async function alternate(
  plain: string,
  versioned: string,
  connections: number,
  runs: number,
  seconds: number,
) {
  for (const url of [plain, versioned]) await load(url, connections, 1)
  const a: Load[] = []
  const b: Load[] = []
  for (let run = 0; run < runs; run++) {
    a.push(await load(plain, connections, seconds))
    b.push(await load(versioned, connections, seconds))
  }
  const ratios = a.map(({ rate }, run) => (b[run]?.rate ?? Number.NaN) / rate)
  const added = a.map(({ p50 }, run) => (b[run]?.p50 ?? Number.NaN) - p50)
  const line = (loads: readonly Load[]) =>
    `${median(loads.map(({ rate }) => rate)).toFixed(0)}/s, p50 ${median(loads.map(({ p50 }) => p50)).toFixed(3)} ms`
  return {
    plain: line(a),
    versioned: line(b),
    ratio: median(ratios).toFixed(3),
    added: median(added).toFixed(3),
  }
}

/**
 * The median of 2000 reads of as many caches as the app has, over one connection, in milliseconds: one after the
 * other, and each after a request to the server, as the reads of a server at one connection come.
 */
async function selectMilliseconds(postgresUrl: string, pageUrl: string): Promise<string> {
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  await sql`create temp table bare as select 'cache' || n as cache, 'k3j9x0Qz'::char(8) as version from generate_series(1, 2) n`
  const timesAfter = async (before: () => Promise<unknown>) => {
    const times: number[] = []
    for (let i = 0; i < 2000; i++) {
      await before()
      const start = performance.now()
      await sql`select cache, version from bare`
      times.push(performance.now() - start)
    }
    return median(times).toFixed(3)
  }
  const row = await timesAfter(async () => {})
  const between = await timesAfter(async () => (await fetch(pageUrl)).arrayBuffer())
  await sql.end()
  return `one bare SELECT of the versions: ${row} ms in a row, ${between} ms between requests`
}
