import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { values } from '../harness/page.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

// The app has route handlers, a page, an API route and a middleware on the edge, and a static page. Before, it could not
// be built.

let cluster: Cluster
let server: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built('on the edge'), { servers: 1, direct: true })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())

for (const path of ['/', '/edge/route', '/edge/page']) {
  test(`with routes on the edge a fetch of ${path} is fresh at the next request after a plain UPDATE`, async () => {
    for (const value of ['one', 'two'].map((round) => path + round)) {
      await invalidateBySql(cluster, value)
      for (const _ of ['loaded', 'kept']) expect(await values(server, path)).toEqual([value])
    }
  })
}

test('a revalidateTag on the edge is an invalidation in Postgres', async () => {
  const before = await version()
  await fetch(`${server.url}/edge/revalidate`, { method: 'POST' })
  await until(async () => (await version()) !== before)
})

test('a middleware and an API route on the edge answer', async () => {
  const page = await fetch(`${server.url}/edge/page`)
  expect(page.headers.get('x-middleware')).toBe('edge')
  const api = await fetch(`${server.url}/api/edge`)
  expect(await api.text()).toBe('edge')
})

async function version(): Promise<string> {
  const [row] = await cluster.sql`select version from cache_versions where cache = 'bans'`
  return row?.version
}
