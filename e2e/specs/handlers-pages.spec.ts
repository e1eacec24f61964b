import { expect } from '@playwright/test'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { kinds, routeKinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { values } from '../harness/page.ts'
import { invalidateTagBySql, postPages } from '../harness/posts.ts'
import { routesThatShow } from '../harness/route-values.ts'
import { expectValues, loads, servedWithoutLoad, sharedPages } from '../harness/shared-pages.ts'
import { test } from '../harness/test.ts'

let redis: Redis
let cluster: Cluster

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  redis = await startRedis({ own: true })
  cluster = await startCluster(await built(), sharedPages(redis))
})

test.afterAll(async () => {
  await cluster?.stop()
  await redis?.stop()
})

/** A page that is rendered at each request is in no cache of pages. */
const atRequest = ['/act', '/shell', '/param/two']
const pages = Object.entries(kinds).filter(([, path]) => !atRequest.includes(path))

for (const [kind, path] of pages) {
  test(`${kind} that one server has rendered is served by the other without a load`, async () => {
    const [one, two] = cluster.servers as [NextServer, NextServer]
    await servedWithoutLoad(cluster, path, { made: one, served: two })
    await servedWithoutLoad(cluster, path, { made: two, served: one })
  })
}

test('a shell that one server has rendered is served by the other, which loads its dynamic holes', async () => {
  const [one, two] = cluster.servers as [NextServer, NextServer]
  await invalidateBySql(cluster, 'shell')
  await expectValues(one, '/shell', 'shell')
  await cluster.sql`truncate loads`
  await expectValues(two, '/shell', 'shell')
  expect(await loads(cluster)).toEqual(['bans'])
})

test('a response to fetch on one server is used by the other', async () => {
  const [one, two] = cluster.servers as [NextServer, NextServer]
  await invalidateBySql(cluster, 'fetch')
  await expectValues(one, '/act', 'fetch')
  expect(await loads(cluster)).toContain('fetch bans')
  await cluster.sql`truncate loads`
  await expectValues(two, '/act', 'fetch')
  expect(await loads(cluster)).not.toContain('fetch bans')
})

const { 'a page on demand': _, ...postsOfBuild } = postPages

for (const [kind, { path, tag }] of Object.entries(postsOfBuild)) {
  test(`${kind} whose tag has changed is rendered by one server, and served by the other without a load`, async () => {
    for (const [made, served] of [cluster.servers, cluster.servers.toReversed()] as [
      NextServer,
      NextServer,
    ][]) {
      const value = `${path}#${made.url}`
      for (const server of cluster.servers) await values(server, path)
      await invalidateTagBySql(cluster, tag, value)
      await expectValues(made, path, value)
      await cluster.sql`truncate loads`
      await expectValues(served, path, value)
      expect(await loads(cluster)).toEqual([])
    }
  })
}

test('every kind of route is fresh at the next request on both servers, whichever has rendered it', async () => {
  const [one, two] = cluster.servers as [NextServer, NextServer]
  await invalidateBySql(cluster, 'routes-1')
  expect(await routesThatShow([one, two], 'routes-1')).toEqual(Object.keys(routeKinds))
  await invalidateBySql(cluster, 'routes-2')
  expect(await routesThatShow([two, one], 'routes-2', 'routes-1')).toEqual(Object.keys(routeKinds))
})

test('when Redis stops both servers go on, and stay fresh', async () => {
  for (const path of Object.values(kinds)) for (const server of cluster.servers) await values(server, path)
  await redis.stop()
  for (const round of [1, 2]) {
    await invalidateBySql(cluster, `outage-${round}`)
    for (const path of Object.values(kinds)) {
      for (const server of cluster.servers) {
        for (const _ of [1, 2]) await expectValues(server, path, `outage-${round}`)
      }
    }
  }
})
