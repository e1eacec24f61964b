import { parseArgs } from 'node:util'
import { type App, buildApp } from '../harness/app.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { startTestPostgres, type TestPostgres } from '../harness/postgres.ts'
import { type Load, load, median } from './load.ts'
import { pages, plainHandlerFiles, renderedFiles } from './pages.ts'
import { statementsPerSecond } from './statements.ts'

const usage = `Usage: pnpm tsx e2e/bench/handlers.ts [options]

Compares the cache handlers, with leases and with leases off, and Next's own named as an app's ("plain"), with stock Next, on one app: a static
page and a static route handler that depend on a version, and a page and a route handler that are rendered for each
request and call getCacheVersions(), in stock Next headers() alone. Each run starts the four servers anew and lets them
render a page and warm up, then asks them in turn; what counts are the ratios. Prints medians of the runs, and how many
statements a second the servers send to Postgres, which its log tells.

Options:
  --runs N     How many runs (default: 5)
  --seconds N  How long each is asked each time (default: 1)
  --turns N    How many times each is asked in a run (default: 3)
  -h, --help   Print this
`

/** A page rendered for each request. Node makes promises dearer once any has been, and no server is without for long. */
const renderedPage = '/same/request'
const subjects = {
  stock: { variant: 'stock', env: {} },
  plain: { variant: 'plain', env: {} },
  leases: { variant: 'components', env: { CACHE_VERSIONS_LEASES: 'auto' } },
  off: { variant: 'components', env: { CACHE_VERSIONS_LEASES: 'off' } },
}
type Subject = keyof typeof subjects
type Each<T> = Record<Subject, T>
const names = Object.keys(subjects) as Subject[]

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    turns: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(usage)
else await compare()

async function compare(): Promise<void> {
  const postgres = await startTestPostgres()
  const apps = new Map<string, App>()
  try {
    for (const variant of ['stock', 'plain', 'components']) {
      apps.set(variant, await build(variant, postgres.url))
    }
    const found = new Map<string, Each<Load>[]>()
    for (let run = 0; run < Number(values.runs); run++) {
      const clusters = await startAll(apps)
      try {
        for (const [name, loads] of await runOnce(clusters))
          found.set(name, [...(found.get(name) ?? []), loads])
        if (run === 0) await tellStatements(clusters, postgres)
      } finally {
        await Promise.all(names.map((name) => clusters[name].stop()))
      }
    }
    console.log(`${values.runs} runs of ${values.turns} turns of ${values.seconds} s, medians`)
    console.table([...found].map(([name, runs]) => row(name, runs)))
  } finally {
    await Promise.all([...apps.values()].map((app) => app.remove()))
    await postgres.stop()
  }
}

function build(variant: string, postgresUrl: string): Promise<App> {
  const files = { ...renderedFiles(variant), ...(variant === 'plain' ? plainHandlerFiles : {}) }
  return buildApp({
    postgresUrl,
    variant: variant === 'components' ? variant : 'stock',
    without: ['proxy.ts'],
    files,
  })
}

/** Two processes of one program differ for as long as they run, so each run has its own. */
async function startAll(apps: ReadonlyMap<string, App>): Promise<Each<Cluster>> {
  const clusters: Partial<Each<Cluster>> = {}
  try {
    for (const name of names) {
      const { variant, env } = subjects[name]
      clusters[name] = await startCluster(apps.get(variant) as App, { servers: 1, direct: true, env })
    }
    return clusters as Each<Cluster>
  } catch (error) {
    await Promise.all(Object.values(clusters).map((cluster) => cluster.stop()))
    throw error
  }
}

/** Returns what one run found of each page at each number of connections. */
async function runOnce(clusters: Each<Cluster>): Promise<Map<string, Each<Load>>> {
  for (const name of names) {
    const url = urlOf(clusters[name])
    for (let i = 0; i < 20; i++) await (await fetch(url + renderedPage)).arrayBuffer()
    for (const path of Object.values(pages)) await load(url + path, 16, 1)
  }
  const found = new Map<string, Each<Load>>()
  for (const connections of [1, 16, 64]) {
    for (const [page, path] of Object.entries(pages)) {
      const loads = each((): Load[] => [])
      for (let turn = 0; turn < Number(values.turns); turn++) {
        for (const name of names) {
          loads[name].push(await load(urlOf(clusters[name]) + path, connections, Number(values.seconds)))
        }
      }
      found.set(
        `${page}, ${connections}`,
        each((name) => middle(loads[name])),
      )
    }
  }
  return found
}

async function tellStatements(clusters: Each<Cluster>, postgres: TestPostgres): Promise<void> {
  const rows: Record<string, string | number>[] = []
  for (const [page, path] of Object.entries(pages)) {
    for (const name of ['leases', 'off'] as const) {
      const work = () => load(urlOf(clusters[name]) + path, 16, 5)
      const rate = await statementsPerSecond(postgres, clusters[name].databaseUrl, work)
      rows.push({ page, name, 'statements a second, 16 connections': Number(rate.toFixed(1)) })
    }
  }
  console.table(rows)
}

function urlOf({ servers }: Cluster): string {
  return servers[0]?.url ?? ''
}

function each<T>(of: (name: Subject) => T): Each<T> {
  return { stock: of('stock'), plain: of('plain'), leases: of('leases'), off: of('off') }
}

function middle(loads: readonly Load[]): Load {
  return { rate: median(loads.map(({ rate }) => rate)), p50: median(loads.map(({ p50 }) => p50)) }
}

/** With one connection the time counts, with more the rate. */
function row(name: string, runs: readonly Each<Load>[]): Record<string, string> {
  const figure = name.endsWith(', 1') ? 'p50' : 'rate'
  const of = (subject: Subject) => runs.map((run) => run[subject][figure])
  const ofStock = (subject: Subject) => spread(runs.map((run) => run[subject][figure] / run.stock[figure]))
  const inFull = (subject: Subject) =>
    figure === 'p50' ? `${median(of(subject)).toFixed(3)} ms` : `${median(of(subject)).toFixed(0)}/s`
  return {
    'page, connections': name,
    stock: inFull('stock'),
    leases: inFull('leases'),
    'plain / stock': ofStock('plain'),
    'leases / stock': ofStock('leases'),
    'off / stock': ofStock('off'),
  }
}

/** The median, and between which values it lies. */
function spread(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(2),
  )
  return `${middle} (${least} to ${most})`
}
