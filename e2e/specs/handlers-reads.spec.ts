import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, logStatements, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { shown, values } from '../harness/page.ts'
import { statementsDuring } from '../harness/statements.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  // With a lease it would not read.
  cluster = await startCluster(await built(), { servers: 1, env: { CACHE_VERSIONS_LEASES: 'off' } })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())

const requests = 64
/** The proxy reads for what is rendered at the request. */
const behindProxy = '/param/one'
const paths = ['/versioned', '/plain', '/unstable', '/fetched', behindProxy, '/api/static']

test('requests that come together share their reads: a server has two open at most', async () => {
  await invalidateBySql(cluster, 'shared')
  for (const path of paths) await shown(server, path)
  const { pages, reads } = await whileReadsWait(async (waiting) => {
    const pages = Promise.all(
      Array.from({ length: requests }, (_, n) => values(server, paths[n % paths.length] ?? '')),
    )
    await until(async () => (await waiting()) > 0)
    // A server that has answered what came later has begun with what came before.
    for (let i = 0; i < 20; i++) await fetch(`${server.url}/_next/static/none`)
    return { pages, reads: await waiting() }
  })
  expect(reads).toBeLessThanOrEqual(2)
  for (const seen of await pages) expect(new Set(seen)).toEqual(new Set(['shared']))
})

test('a page that is served from its cache takes one read', async () => {
  await logStatements(cluster)
  for (const path of paths.filter((path) => path !== behindProxy)) {
    await shown(server, path)
    for (const _ of ['once', 'and again']) {
      const statements = await statementsDuring(() => shown(server, path), cluster.databaseUrl)
      expect(statements, path).toEqual(['select cache, version from cache_versions'])
    }
  }
})

test("with tags 'local' a page that needs no version is served while nobody can read any", async () => {
  const local = await cluster.start({ CACHE_VERSIONS_TAGS: 'local' })
  await shown(local, '/unversioned')
  expect(await whileReadsWait(() => shown(local, '/unversioned'))).toEqual({ value: 'built' })
})

/** Locks the versions, does the work, and unlocks them; `waiting` counts the connections that wait to read them. */
async function whileReadsWait<T>(work: (waiting: () => Promise<number>) => Promise<T>): Promise<T> {
  const result = await cluster.sql.begin(async (lock) => {
    await lock`lock table cache_versions in access exclusive mode`
    // In an object, or the transaction would wait for it.
    return {
      result: await work(async () => {
        const [row] = await lock`select count(*)::int as waiting from pg_locks
          where relation = 'cache_versions'::regclass and not granted`
        return row?.waiting
      }),
    }
  })
  return (result as { result: T }).result
}
