import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { servedWithoutLoad, sharedPages } from '../harness/shared-pages.ts'
import { test } from '../harness/test.ts'

let redis: Redis
let cluster: Cluster

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  redis = await startRedis({ own: true })
  cluster = await startCluster(
    await built('without cache components and without a proxy'),
    sharedPages(redis),
  )
})

test.afterAll(async () => {
  await cluster?.stop()
  await redis?.stop()
})

test('a path that one server has rendered on demand is served by the other without a load', async () => {
  const [one, two] = cluster.servers as [NextServer, NextServer]
  await servedWithoutLoad(cluster, '/param/two', { made: one, served: two })
  await servedWithoutLoad(cluster, '/param/three', { made: two, served: one })
})
