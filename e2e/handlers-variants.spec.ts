import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from './fixtures/handlers/support/cluster.ts'
import { kinds } from './fixtures/handlers/support/kinds.ts'
import { shown, values } from './fixtures/handlers/support/page.ts'
import { test } from './fixtures/handlers/support/test.ts'

let cluster: Cluster

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built('without cache components and without a proxy'), { servers: 2 })
})

test.afterAll(() => cluster?.stop())

for (const [kind, path] of Object.entries(kinds)) {
  test(`without cache components and without a proxy ${kind} is fresh at the next request on every server`, async () => {
    for (const round of [1, 2]) {
      for (const server of cluster.servers) await values(server, path)
      const value = `${path}#${round}`
      await invalidateBySql(cluster, value)
      for (const server of cluster.servers) {
        for (const seen of await values(server, path)) expect(seen).toBe(value)
      }
    }
  })
}

test('without cache components and without a proxy a page without a version is left alone', async () => {
  for (const server of cluster.servers)
    expect(await shown(server, '/unversioned')).toEqual({ value: 'built' })
})
