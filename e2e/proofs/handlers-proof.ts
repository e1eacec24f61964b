import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { buildApp } from '../harness/app.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { kinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { post, values } from '../harness/page.ts'

export interface HandlersProof {
  readonly handlers: 'next-cache-versions' | 'stock'
  readonly servers: number
  /** Invalidations from each place. */
  readonly rounds: number
  /** Answers that were looked at, each the first of its server and kind since an invalidation. */
  readonly answers: number
  /** Those that were older than the invalidation. */
  readonly old: number
  /** Old answers by the place the invalidation came from and the kind of cache, where there were any. */
  readonly oldBy: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** The first few, in words. */
  readonly violations: readonly string[]
}

interface Options {
  /** Any database of the server in which the proof makes its own. */
  readonly postgresUrl: string
  readonly rounds: number
  readonly stock: boolean
}

interface Answer {
  readonly place: string
  readonly kind: string
  readonly server: number
  /** The value that was current when the answer was asked for. */
  readonly expected: string
  readonly seen: readonly string[]
}

/** Changes the value and invalidates its cache. */
type Change = (value: string) => Promise<unknown>

const violationsShown = 10

/** Whether each kind of cache is fresh at the very next request of each server, from wherever it is invalidated. */
export async function proveHandlers({ postgresUrl, rounds, stock }: Options): Promise<HandlersProof> {
  const app = await buildApp({ postgresUrl, variant: stock ? 'stock' : 'components' })
  try {
    const cluster = await startCluster(app, { servers: 2 })
    try {
      const answers = await invalidateFromEverywhere(cluster, rounds)
      const old = answers.filter(({ seen, expected }) => seen.some((value) => value !== expected))
      return {
        handlers: stock ? 'stock' : 'next-cache-versions',
        servers: cluster.servers.length,
        rounds,
        answers: answers.length,
        old: old.length,
        oldBy: counted(old),
        violations: old.slice(0, violationsShown).map(inWords),
      }
    } finally {
      await cluster.stop()
    }
  } finally {
    await app.remove()
  }
}

async function invalidateFromEverywhere(cluster: Cluster, rounds: number): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const [place, change] of Object.entries(placesOf(cluster))) {
    if (place === 'trigger') await cluster.sql`select invalidate_cache_on_write('bans', 'things')`
    for (let round = 1; round <= rounds; round++) {
      await ask(cluster)
      const expected = `${place.replace(' ', '-')}#${round}`
      await change(expected)
      for (const answer of await ask(cluster)) answers.push({ place, expected, ...answer })
    }
  }
  return answers
}

/** The places that an invalidation can come from; those that are servers take turns. */
function placesOf({ sql, databaseUrl, servers }: Cluster): Record<string, Change> {
  let turn = 0
  const next = () => servers[turn++ % servers.length] as NextServer
  const write: Change = (value) => sql`update things set value = ${value} where name = 'bans'`
  return {
    sql: (value) =>
      sql.begin(async (tx) => {
        await tx`update things set value = ${value} where name = 'bans'`
        await tx`update cache_versions set version = new_cache_version() where cache = 'bans'`
      }),
    cli: async (value) => {
      await write(value)
      await promisify(execFile)(process.execPath, ['dist/cli/main.js', 'invalidate', 'bans'], {
        env: { ...process.env, DATABASE_URL: databaseUrl },
        timeout: 60_000,
      })
    },
    action: (value) => post(next(), 'invalidate', value),
    'route handler': async (value) => {
      await write(value)
      const response = await fetch(`${next().url}/api/do?verb=invalidate`, { method: 'POST' })
      if (!response.ok) throw new Error(`[cache-versions] The route handler answered ${response.status}.`)
    },
    trigger: write,
  }
}

/** Asks the servers, at once, for one kind after the other. */
async function ask({ servers }: Cluster): Promise<Pick<Answer, 'kind' | 'server' | 'seen'>[]> {
  const answers: Pick<Answer, 'kind' | 'server' | 'seen'>[] = []
  for (const [kind, path] of Object.entries(kinds)) {
    const seen = await Promise.all(servers.map((server) => values(server, path)))
    answers.push(...seen.map((seen, index) => ({ kind, server: index + 1, seen })))
  }
  return answers
}

function counted(answers: readonly Answer[]): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {}
  for (const { place, kind } of answers) {
    counts[place] ??= {}
    counts[place][kind] = (counts[place][kind] ?? 0) + 1
  }
  return counts
}

function inWords({ kind, server, expected, seen }: Answer): string {
  return `Server ${server} gave ${seen.join(', ')} after ${expected}: ${kind}`
}
