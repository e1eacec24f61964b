import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Cluster } from '../../harness/cluster.ts'
import type { kinds } from '../../harness/kinds.ts'
import type { NextServer } from '../../harness/next-server.ts'
import { post } from '../../harness/page.ts'
import { revalidate, untagged } from '../../harness/posts.ts'
import type { Tally } from './tally.ts'
import type { Thing } from './value.ts'

interface Writer {
  readonly from: string
  readonly things: readonly Thing[]
  /** Writes the number to the things and invalidates their caches; done when both are acknowledged. */
  write(number: number): Promise<unknown>
}

/** What the answer of an action shows; it must show the action's own write as well. */
const answer: keyof typeof kinds = 'a page that is rendered at each request'

/** Writes from everywhere at once until it is told to stop; then waits for what is under way. */
export function startWriting(
  tally: Tally,
  cluster: Cluster,
  readsPerWrite: number,
): { stop(): Promise<void> } {
  const all = writers(tally, cluster)
  const reads = readsPerWrite * cluster.servers.length
  let last = 0
  let stopped = false
  // In the order of these, and after that at random, so that some follow each other closely.
  const writing = all.map(async ({ from, things, write }, index) => {
    tally.expectWrites(from)
    await tally.pace.after((index + 1) * reads)
    while (!stopped) {
      const number = ++last
      const began = performance.now()
      await write(number).then(
        () => tally.acknowledge(from, things, number, performance.now() - began),
        (error) => tally.failures.push(`A write from ${from} failed: ${error}`),
      )
      await tally.pace.after(Math.ceil(Math.random() * 2 * reads * all.length))
    }
  })
  return {
    async stop() {
      stopped = true
      tally.pace.end()
      await Promise.all(writing)
    },
  }
}

/** Each stands for a place that an invalidation can come from; those that are servers take turns. */
function writers(tally: Tally, { sql, databaseUrl, servers }: Cluster): Writer[] {
  let turn = 0
  const nextServer = () => servers[turn++ % servers.length] as NextServer
  const set = (number: number, thing: Thing = 'bans') =>
    sql`update things set value = ${number} where name = ${thing}`
  return [
    {
      from: 'a server action',
      things: ['bans'],
      async write(number) {
        const server = nextServer()
        const forms = ['invalidate', 'invalidateInTransaction', 'update']
        const read = tally.begin(answer, servers.indexOf(server) + 1, { bans: number })
        read.end(
          Object.values(await post(server, forms[number % forms.length] as string, `${number}`)).join(' '),
        )
      },
    },
    {
      from: 'a route handler',
      things: ['bans'],
      async write(number) {
        await set(number)
        const response = await fetch(`${nextServer().url}/api/do?verb=invalidate`, { method: 'POST' })
        if (!response.ok) throw new Error(`[cache-versions] The route handler answered ${response.status}.`)
      },
    },
    {
      from: 'the command line',
      things: ['bans'],
      async write(number) {
        await set(number)
        await promisify(execFile)(process.execPath, ['dist/cli/main.js', 'invalidate', 'bans'], {
          env: { ...process.env, DATABASE_URL: databaseUrl },
          timeout: 60_000,
        })
      },
    },
    {
      from: 'SQL',
      things: ['bans', 'settings'],
      write: (number) =>
        sql.begin(async (tx) => {
          await tx`update things set value = ${number} where name = 'bans'`
          await tx`update things set value = ${number} where name = 'settings'`
          await tx`select invalidate_cache('bans', 'settings')`
        }),
    },
    {
      from: 'an UPDATE of the version',
      things: ['settings'],
      write: (number) =>
        sql.begin(async (tx) => {
          await tx`update things set value = ${number} where name = 'settings'`
          await tx`update cache_versions set version = new_cache_version() where cache = 'settings'`
        }),
    },
    {
      from: 'a trigger',
      things: ['bans'],
      write: (number) =>
        sql.begin(async (tx) => {
          await tx`update things set value = ${number} where name = 'bans'`
          await tx`insert into watched values (${number})`
        }),
    },
    {
      from: 'updateTag',
      things: ['post:one'],
      async write(number) {
        await set(number, 'post:one')
        await post(nextServer(), 'updateTagOf', 'post:one')
      },
    },
    {
      from: 'revalidateTag',
      things: ['post:three'],
      async write(number) {
        await set(number, 'post:three')
        await revalidate(nextServer(), 'expire', 'post:three')
      },
    },
    {
      from: 'revalidatePath',
      things: ['post:two'],
      async write(number) {
        await set(number, 'post:two')
        await revalidate(nextServer(), 'path', untagged.other)
      },
    },
    {
      from: 'invalidate_tag',
      things: ['post:one', 'post:three', 'post:two'],
      write: (number) =>
        sql.begin(async (tx) => {
          await tx`update things set value = ${number} where name like 'post:%'`
          await tx`select invalidate_tag('post:one', 'post:three', ${`_N_T_${untagged.other}`})`
        }),
    },
    {
      from: 'a trigger of tags',
      things: ['post:one'],
      write: (number) =>
        sql.begin(async (tx) => {
          await tx`update things set value = ${number} where name = 'post:one'`
          await tx`insert into posts values ('one', ${number})`
        }),
    },
  ]
}
