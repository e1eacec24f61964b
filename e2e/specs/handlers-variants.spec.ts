import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { five } from '../harness/five.ts'
import { classicKinds, kinds, plainlyTagged } from '../harness/kinds.ts'
import { loadsDuring } from '../harness/loads.ts'
import type { NextServer } from '../harness/next-server.ts'
import { prefetch, shown, values } from '../harness/page.ts'
import { oneTimeToken } from '../harness/sign-in.ts'
import { test } from '../harness/test.ts'

let cluster: Cluster

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built('without cache components and without a proxy'), {
    servers: 2,
    direct: true,
  })
})

test.afterAll(() => cluster?.stop())

test("without cache components and without a proxy the build's pages are served at the first request", async () => {
  const [server] = cluster.servers as [NextServer]
  const loads = await loadsDuring(cluster, async () => {
    for (const path of plainlyTagged) await shown(server, path)
  })
  expect(loads).toEqual({})
})

for (const [kind, path] of Object.entries({ ...kinds, ...classicKinds })) {
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

for (const [path, load] of Object.entries(five)) {
  test(`without cache components and without a proxy an invalidation loads one of five values on ${path}`, async () => {
    const [server] = cluster.servers as [NextServer]
    await values(server, path)
    await invalidateBySql(cluster, path)
    const loads = await loadsDuring(cluster, async () => {
      expect(await shown(server, path)).toMatchObject({ bans: path })
    })
    expect(loads).toEqual({ [load]: 1 })
  })
}

test('without cache components and without a proxy a revalidation on demand loads all of five values', async () => {
  const [server] = cluster.servers as [NextServer]
  const manifest = await readFile(join(dirname(server.log), '.next/prerender-manifest.json'), 'utf8')
  const headers = { 'x-prerender-revalidate': JSON.parse(manifest).preview.previewModeId }
  await values(server, '/five/unstable')
  const loads = await loadsDuring(cluster, async () => {
    const response = await fetch(`${server.url}/five/unstable`, { headers })
    expect(response.headers.get('x-nextjs-cache')).toBe('REVALIDATED')
  })
  expect(loads).toEqual({ one: 1, two: 1, bans: 1, three: 1, four: 1 })
})

test('without cache components and without a proxy the prefetch of what is never cached is stored nowhere', async () => {
  const response = await fetch(`${cluster.servers[0]?.url}/zero`, { headers: prefetch('/_tree') })
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toContain('no-store')
})

test('without cache components and without a proxy a page without a version is left alone', async () => {
  for (const server of cluster.servers)
    expect(await shown(server, '/unversioned')).toEqual({ value: 'built' })
})

test('without cache components and without a proxy the documented admin page builds, and opens to a link', async () => {
  const page = `${cluster.servers[0]?.url}/admin/caches`
  const open = async (cookie = '') => await (await fetch(page, { headers: { cookie } })).text()
  expect(await open()).toContain('This page is closed.')
  const link = `${page}/session?token=${await oneTimeToken(cluster.sql)}`
  const { headers } = await fetch(link, { redirect: 'manual' })
  expect(await open(headers.getSetCookie()[0]?.split(';')[0])).toContain('Signed in as')
})
