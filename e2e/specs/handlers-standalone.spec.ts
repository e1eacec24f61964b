import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { kinds, routeKinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { shown, values } from '../harness/page.ts'
import { routesThatShow } from '../harness/route-values.ts'
import { test } from '../harness/test.ts'

// The standalone folder and the static files, far from the folder they were built in and from its node_modules.

let cluster: Cluster
let app: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built('with a base path'), { servers: 0, direct: true })
  const server = await cluster.startStandalone()
  app = { ...server, url: `${server.url}/forum` }
})

test.afterAll(() => cluster?.stop())

for (const [kind, path] of Object.entries(kinds)) {
  test(`a standalone server in another folder serves ${kind} fresh at the next request`, async () => {
    for (const round of [1, 2]) {
      await values(app, path)
      const value = `${path}#${round}`
      await invalidateBySql(cluster, value)
      for (const seen of await values(app, path)) expect(seen).toBe(value)
    }
  })
}

test('a standalone server in another folder serves every kind of route fresh at the next request', async () => {
  await invalidateBySql(cluster, 'routes-1')
  expect(await routesThatShow([app], 'routes-1')).toEqual(Object.keys(routeKinds))
  await invalidateBySql(cluster, 'routes-2')
  expect(await routesThatShow([app], 'routes-2', 'routes-1')).toEqual(Object.keys(routeKinds))
})

test('a standalone server in another folder serves its pages from the build, and its scripts', async () => {
  const page = await fetch(`${app.url}/unversioned`)
  expect(page.headers.get('x-nextjs-cache')).toBe('HIT')
  const script = /src="(\/forum\/_next\/static\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? ''
  expect((await fetch(new URL(script, app.url))).status).toBe(200)
  expect(await shown(app, '/unversioned')).toEqual({ value: 'built' })
})

test('below a base path, too, browsers keep neither pages that depend on a version nor prefetches', async () => {
  const prefetch = { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' }
  for (const headers of [{}, prefetch]) {
    const response = await fetch(`${app.url}/versioned`, { headers })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
  }
})
