import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { kinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { post, shown, values } from '../harness/page.ts'
import { race } from '../harness/race.ts'
import { test } from '../harness/test.ts'

// Shows Next's own cache handlers where the other specs show those of the package. Nothing of the package is tested
// here: a test that fails after an update of Next says that a reason for the package is gone.

let cluster: Cluster
let server: NextServer
let other: NextServer | undefined

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built(), { servers: 1, direct: true, env: { FIXTURE_VARIANT: 'stock' } })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())

test('stock Next serves every kind of entry stale after a plain UPDATE', async () => {
  for (const path of Object.values(kinds)) await values(server, path)
  await invalidateBySql(cluster, 'by-sql')
  for (const path of Object.values(kinds)) {
    for (const seen of await values(server, path)) expect(seen).toBe('built')
  }
})

test('stock Next renders a new path of a [param] route from the entries of the build after an updateTag', async () => {
  await post(server, 'update', 'by-tag')
  expect(await shown(server, '/versioned')).toEqual({ value: 'by-tag' })
  expect(await values(server, '/param/new')).toContain('built')
})

test('stock Next answers navigations to a page from generateStaticParams with 404 after an updateTag', async () => {
  await post(server, 'update', 'by-tag')
  for (const _ of [1, 2]) {
    const navigation = await fetch(`${server.url}/param/one`, { headers: { rsc: '1' } })
    expect(navigation.status).toBe(404)
  }
})

for (const path of ['/versioned', '/plain', '/unstable', '/fetched', '/api/static']) {
  test(`stock Next keeps a load of ${path} that a revalidateTag overtook`, async () => {
    await revalidate('before')
    await race(cluster, server, { path, overtake: () => revalidate('after') })
    for (const _ of [1, 2]) expect(await values(server, path)).toEqual(['before'])
  })
}

for (const [verb, path, name, form] of [
  ['updateTag', '/tagged', 'posts', 'updatePosts'],
  ['revalidatePath', '/unversioned', 'settings', 'path'],
] as const) {
  test(`stock Next tells no other server of ${verb}, nor any of invalidate_tag in SQL`, async () => {
    other ??= await cluster.start()
    await cluster.sql.begin(async (tx) => {
      await tx`update things set value = 'by-sql' where name = ${name}`
      await tx`select invalidate_tag(${name}, ${`_N_T_${path}`})`
    })
    for (const each of [server, other]) expect(await shown(each, path)).toEqual({ value: 'built' })
    await post(server, form, verb)
    expect(await shown(server, path)).toEqual({ value: verb })
    expect(await shown(other, path)).toEqual({ value: 'built' })
  })
}

async function revalidate(value: string): Promise<void> {
  await cluster.sql`update things set value = ${value} where name = 'bans'`
  await fetch(`${server.url}/api/do?verb=expire`, { method: 'POST' })
}
