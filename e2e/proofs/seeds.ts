import { readdir } from 'node:fs/promises'
import postgres from 'postgres'
import { buildApp } from '../harness/app.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { rounded } from './figures.ts'

/** Half of the pages use a cache, which stamps them; the others have tags of paths alone. */
const page = (pages: number) => `
import { cacheTag } from 'next/cache'

export const generateStaticParams = () => Array.from({ length: ${pages} }, (_, id) => ({ id: String(id) }))

async function cached(id) {
  'use cache'
  cacheTag(\`many:\${id}\`)
  return id
}

export default async function Page({ params }) {
  const { id } = await params
  return <output id="value">{Number(id) % 2 === 0 ? await cached(id) : id}</output>
}
`

const noDatabase = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
const concurrency = 16

interface SeedOutcome {
  readonly buildSeconds: number
  /** By how Next answered the first request for each page after the start: `HIT`, or rendered anew. */
  readonly answers: Readonly<Record<string, number>>
  readonly firstSeconds: number
  readonly againSeconds: number
  readonly violations: readonly string[]
}

/**
 * Builds an app of so many static pages, with a database and without, invalidates a few of them before its first server
 * starts, and asks for each page once: only those may be rendered again.
 */
export async function proveSeeds(postgresUrl: string, pages: number) {
  // Somebody has to stay connected, or Postgres would stop while the app is built.
  const hold = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  try {
    await hold`select 1`
    const withDatabase = await proveBuild(postgresUrl, pages, {})
    const without = await proveBuild(postgresUrl, pages, noDatabase)
    const violations = [...withDatabase.violations, ...without.violations]
    return { pages, withDatabase, without, violations }
  } finally {
    await hold.end()
  }
}

async function proveBuild(
  postgresUrl: string,
  pages: number,
  env: Readonly<Record<string, string>>,
): Promise<SeedOutcome> {
  const began = performance.now()
  const app = await buildApp({
    postgresUrl,
    files: { 'app/many/[id]/page.tsx': page(pages) },
    without: ['proxy.ts', 'pages', ...(await otherPages())],
    env,
    timeoutMilliseconds: 1_800_000,
  })
  const buildSeconds = seconds(began)
  try {
    const cluster = await startCluster(app, { servers: 0, direct: true })
    try {
      return { buildSeconds, ...(await askForAll(cluster, pages)) }
    } finally {
      await cluster.stop()
    }
  } finally {
    await app.remove()
  }
}

/** Those of the fixture read versions while they are built. */
async function otherPages(): Promise<string[]> {
  const names = await readdir('e2e/fixtures/handlers/app')
  return names.filter((name) => name !== 'layout.tsx').map((name) => `app/${name}`)
}

async function askForAll(cluster: Cluster, pages: number): Promise<Omit<SeedOutcome, 'buildSeconds'>> {
  const { sql } = cluster
  // Long ago everything was invalidated, which no build since then has missed.
  await sql`select invalidate_tag('_N_T_/layout')`
  await sql`update cache_invalidations set invalidated_at = now() - interval '3 days'`
  const invalidated = ['/many/0', '/many/1', '/many/2', '/many/3']
  await sql`select invalidate_tag('many:0', '_N_T_/many/1', '_N_T_/many/2', '_N_T_/many/3')`
  const server = await cluster.start()
  const first = performance.now()
  const answers = await ask(server, pages)
  const firstSeconds = seconds(first)
  const again = performance.now()
  await ask(server, pages)
  const rendered = [...answers].filter(([, answer]) => answer !== 'HIT').map(([path]) => path)
  const counts: Record<string, number> = {}
  for (const answer of answers.values()) counts[answer] = (counts[answer] ?? 0) + 1
  return {
    answers: counts,
    firstSeconds,
    againSeconds: seconds(again),
    violations: [
      ...invalidated
        .filter((path) => !rendered.includes(path))
        .map((path) => `${path} was not rendered again.`),
      ...rendered
        .filter((path) => !invalidated.includes(path))
        .slice(0, 10)
        .map((path) => `${path} was rendered again.`),
    ],
  }
}

async function ask(server: NextServer, pages: number): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  let next = 0
  const client = async () => {
    while (next < pages) {
      const path = `/many/${next++}`
      const response = await fetch(server.url + path)
      await response.text()
      answers.set(path, response.headers.get('x-nextjs-cache') ?? `status ${response.status}`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return answers
}

function seconds(began: number): number {
  return rounded((performance.now() - began) / 1000)
}
