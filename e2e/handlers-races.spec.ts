import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from './fixtures/handlers/support/cluster.ts'
import { kinds } from './fixtures/handlers/support/kinds.ts'
import { values } from './fixtures/handlers/support/page.ts'
import { race } from './fixtures/handlers/support/race.ts'
import { test } from './fixtures/handlers/support/test.ts'
import type { NextServer } from './support/next-server.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built(), { servers: 2 })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())

/** Has the load of a page overtaken, and gives what another page shows that was asked for before it ended. */
async function overtake(path: string, then?: string): Promise<string[]> {
  await invalidateBySql(cluster, 'before')
  const { overtaken, meanwhile } = await race(cluster, server, {
    path,
    ...(then === undefined ? {} : { then }),
    overtake: () => invalidateBySql(cluster, 'after'),
  })
  expect(overtaken).toContain('before')
  return meanwhile
}

async function expectFresh(path: string): Promise<void> {
  for (const each of cluster.servers) {
    for (const seen of await values(each, path)) expect(seen).toBe('after')
  }
}

for (const [kind, path] of Object.entries(kinds)) {
  test(`what an invalidation overtakes is shared by who joins it, and by nobody after that: ${kind}`, async () => {
    const meanwhile = await overtake(path)
    for (const seen of meanwhile) expect(['before', 'after']).toContain(seen)
    await expectFresh(path)
  })
}

test('a page that joins a load of another page is not kept if that was overtaken', async () => {
  const joined: boolean[] = []
  // Whether it joins is a matter of its time of arrival.
  while (!joined.includes(true) && joined.length < 10) {
    const meanwhile = await overtake('/plain', '/joined')
    joined.push(meanwhile.every((seen) => seen === 'before'))
    await expectFresh('/joined')
  }
  expect(joined).toContain(true)
})
