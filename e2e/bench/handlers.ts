import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { ensurePostgres } from '../../scripts/postgres/ensure-postgres.ts'
import { removePostgres } from '../../scripts/postgres/remove-postgres.ts'
import { type App, buildApp } from '../harness/app.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { type Load, load, median } from './load.ts'

const usage = `Usage: pnpm tsx e2e/bench/handlers.ts [options]

Compares the cache handlers with those of stock Next, on one app built twice: a static page and a static route handler
that depend on a version. Each run starts both servers anew and lets them render a page and warm up, then asks the two
in turn, three times; what counts are the ratios. Prints medians of the runs.

Options:
  --runs N     How many runs (default: 5)
  --seconds N  How long each is asked each time (default: 1)
  -h, --help   Print this
`

const pages = { 'static page': '/versioned', 'static route handler': '/api/static' }
/** A page rendered for each request. Node makes promises dearer once any has been, and no server is without for long. */
const renderedPage = '/same/request'
const turns = 3

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(usage)
else await compare(Number(values.runs), Number(values.seconds))

/** What one run found of one page at one number of connections. */
interface Pair {
  readonly stock: Load
  readonly versioned: Load
}

async function compare(runs: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-bench-'))
  const server = await ensurePostgres({ dataFolder: join(folder, 'postgres'), durable: false })
  const hold = postgres(server.url, { max: 1 })
  await hold`select 1`
  const apps: App[] = []
  try {
    for (const variant of ['stock', 'components']) {
      apps.push(await buildApp({ postgresUrl: server.url, variant, without: ['proxy.ts'] }))
    }
    const pairs = new Map<string, Pair[]>()
    const selects: Select[] = []
    for (let run = 0; run < runs; run++) {
      const found = await runOnce(apps, server.url, seconds)
      for (const [name, pair] of found.pairs) pairs.set(name, [...(pairs.get(name) ?? []), pair])
      selects.push(found.select)
    }
    console.log(`${runs} runs of ${turns} turns of ${seconds} s, medians\n`)
    for (const [name, all] of pairs) console.log(`${report(name, all)}\n`)
    const times = (kind: keyof Select) => median(selects.map((select) => select[kind])).toFixed(3)
    console.log(
      `one bare SELECT of the versions: ${times('inARow')} ms in a row, ${times('between')} ms between requests`,
    )
  } finally {
    await Promise.all(apps.map((app) => app.remove()))
    await hold.end()
    await removePostgres(server)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Two processes of one program differ for as long as they run, so each run has its own. */
async function runOnce(
  apps: readonly App[],
  postgresUrl: string,
  seconds: number,
): Promise<{ pairs: Map<string, Pair>; select: Select }> {
  const clusters: Cluster[] = []
  try {
    for (const app of apps) clusters.push(await startCluster(app, { servers: 1, direct: true }))
    const [stock = '', versioned = ''] = clusters.map(({ servers }) => servers[0]?.url)
    for (const url of [stock, versioned]) {
      for (let i = 0; i < 20; i++) await (await fetch(url + renderedPage)).arrayBuffer()
      for (const path of Object.values(pages)) await load(url + path, 16, 2)
    }
    const pairs = new Map<string, Pair>()
    for (const connections of [1, 16]) {
      for (const [name, path] of Object.entries(pages)) {
        const loads = { stock: [] as Load[], versioned: [] as Load[] }
        for (let turn = 0; turn < turns; turn++) {
          loads.stock.push(await load(stock + path, connections, seconds))
          loads.versioned.push(await load(versioned + path, connections, seconds))
        }
        pairs.set(`${name}, ${connections} connection${connections > 1 ? 's' : ''}`, {
          stock: middle(loads.stock),
          versioned: middle(loads.versioned),
        })
      }
    }
    return { pairs, select: await select(postgresUrl, stock + pages['static page']) }
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()))
  }
}

function middle(loads: readonly Load[]): Load {
  return { rate: median(loads.map(({ rate }) => rate)), p50: median(loads.map(({ p50 }) => p50)) }
}

function report(name: string, pairs: readonly Pair[]): string {
  const line = (loads: readonly Load[]) => {
    const { rate, p50 } = middle(loads)
    return `${rate.toFixed(0)}/s, p50 ${p50.toFixed(3)} ms`
  }
  const ratios = pairs.map(({ stock, versioned }) => versioned.rate / stock.rate)
  const added = pairs.map(({ stock, versioned }) => versioned.p50 - stock.p50)
  return `${name}
  stock Next     ${line(pairs.map(({ stock }) => stock))}
  with versions  ${line(pairs.map(({ versioned }) => versioned))}
  rate ${spread(ratios)} of stock's, p50 ${spread(added)} ms more`
}

/** The median, and between which values it lies. */
function spread(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(3),
  )
  return `${middle} (${least} to ${most})`
}

/** In milliseconds: one after the other, and each after a request to the server, as a server's reads come. */
interface Select {
  readonly inARow: number
  readonly between: number
}

/** The medians of 1000 reads each of as many caches as the app has, over one connection. */
async function select(postgresUrl: string, pageUrl: string): Promise<Select> {
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  await sql`create temp table bare as select 'cache' || n as cache, 'k3j9x0Qz'::char(8) as version from generate_series(1, 2) n`
  const timesAfter = async (before: () => Promise<unknown>) => {
    const times: number[] = []
    for (let i = 0; i < 1000; i++) {
      await before()
      const start = performance.now()
      await sql`select cache, version from bare`
      times.push(performance.now() - start)
    }
    return median(times)
  }
  const inARow = await timesAfter(async () => {})
  const between = await timesAfter(async () => (await fetch(pageUrl)).arrayBuffer())
  await sql.end()
  return { inARow, between }
}
