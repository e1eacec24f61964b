import { expect } from '@playwright/test'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let redis: Redis
let cluster: Cluster

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  redis = await startRedis({ own: true })
  cluster = await startCluster(await built(), {
    servers: 2,
    direct: true,
    // Only the loads are counted, on a machine that may be busy with the tests themselves.
    env: { REDIS_URL: redis.url, CACHE_VERSIONS_REDIS_BUDGET_MS: '5000' },
  })
})

test.afterAll(async () => {
  await cluster?.stop()
  await redis?.stop()
})

for (const [kind, path] of [
  ['cached()', '/api/shared?by=cached'],
  ["'use cache: remote'", '/api/shared?by=use-cache-remote'],
] as const) {
  test(`200 requests on two servers after an invalidation make one load of ${kind}`, async () => {
    for (const server of cluster.servers) expect((await fetch(server.url + path)).status).toBe(200)
    for (const round of [1, 2]) {
      const value = `${kind} of round ${round}`
      await invalidateBySql(cluster, value)
      await cluster.sql`truncate loads`
      const answers = await askWhileItLoads(path, 200)
      expect(new Set(answers)).toEqual(new Set([value]))
      expect(await counted('bans')).toBe(1)
    }
  })
}

/** Asks both servers at once, and lets the load end only when each request has come. */
async function askWhileItLoads(path: string, requests: number): Promise<string[]> {
  const asked = await cluster.sql.begin(async (hold) => {
    await hold`select pg_advisory_xact_lock(42)`
    const answers = Array.from({ length: requests }, async (_, i) => {
      const response = await fetch(cluster.servers[i % 2]?.url + path)
      return await response.text()
    })
    await until(async () => (await counted('asked')) === requests)
    return { answers }
  })
  return await Promise.all(asked.answers)
}

async function counted(name: string): Promise<number> {
  const [row] = await cluster.sql`select count(*)::int as count from loads where name = ${name}`
  return row?.count
}
