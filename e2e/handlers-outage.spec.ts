import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from './fixtures/handlers/support/cluster.ts'
import { shown, status, values } from './fixtures/handlers/support/page.ts'
import { race } from './fixtures/handlers/support/race.ts'
import { test } from './fixtures/handlers/support/test.ts'
import { until } from './fixtures/handlers/support/until.ts'
import type { NextServer } from './support/next-server.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built(), { servers: 1 })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())
test.afterEach(async () => {
  if (!cluster.gate.isOpen()) await cluster.gate.open()
})

const versioned = ['/versioned', '/plain', '/unstable', '/fetched', '/param/one', '/api/static']

test('without Postgres no entry is served that needs a version, and the next request after the outage is fresh', async () => {
  for (const path of versioned) await values(server, path)
  await cluster.gate.close()
  for (const path of versioned) expect(await status(server, path)).toBe(500)
  await invalidateBySql(cluster, 'meanwhile')
  await cluster.gate.open()
  for (const path of versioned) {
    for (const seen of await values(server, path)) expect(seen).toBe('meanwhile')
  }
})

test('without Postgres pages that need no version are served as ever', async () => {
  expect(await shown(server, '/tagged')).toEqual({ value: 'built' })
  await cluster.gate.close()
  expect(await shown(server, '/unversioned')).toEqual({ value: 'built' })
  // Tagged, but its tag was no cache when Postgres was last heard of.
  expect(await shown(server, '/tagged')).toEqual({ value: 'built' })
})

test('a server that starts without Postgres serves the pages that need no version', async () => {
  await cluster.gate.close()
  const late = await cluster.start()
  expect(await shown(late, '/unversioned')).toEqual({ value: 'built' })
  expect(await status(late, '/versioned')).toBe(500)
  await cluster.gate.open()
  expect(await values(late, '/versioned')).toEqual(['meanwhile'])
})

test('a server that starts without Postgres fails a page with a tag, for any tag may name a cache', async () => {
  await cluster.gate.close()
  const late = await cluster.start({ FIXTURE_SERVE_STALE_SECONDS: '60' })
  expect(await status(late, '/tagged')).toBe(500)
  await cluster.gate.open()
  expect(await shown(late, '/tagged')).toEqual({ value: 'built' })
})

test('serveStaleSeconds serves what was current before the outage, for so long and no longer', async () => {
  const lenient = await cluster.start({ FIXTURE_SERVE_STALE_SECONDS: '3' })
  for (const path of versioned) await values(lenient, path)
  const [known] = await values(lenient, '/versioned')
  await cluster.gate.close()
  for (const path of versioned) {
    for (const seen of await values(lenient, path)) expect(seen).toBe(known)
  }
  await until(async () => (await status(lenient, '/versioned')) === 500)
  await invalidateBySql(cluster, 'after-the-outage')
  await cluster.gate.open()
  expect(await values(lenient, '/versioned')).toEqual(['after-the-outage'])
})

for (const [kind, path, status] of [
  // Its function asks for the version, and throws.
  ["an entry of 'use cache'", '/pair', 500],
  // Its function runs again, and its result depends on no version that is not known.
  ['an entry of fetch', '/shell', 200],
] as const) {
  test(`a page that loses Postgres before it looks for ${kind} is answered, and so is the next request`, async () => {
    await values(server, path)
    await invalidateBySql(cluster, `lost-${status}`)
    const course = { path, overtake: () => cluster.gate.close(), meanwhile: async () => [] }
    const answer = race(cluster, server, course).then(
      ({ overtaken }) => overtaken,
      (error: Error) => error.message,
    )
    expect(await answer).toEqual(
      status === 200 ? expect.arrayContaining([`lost-${status}`]) : `${path} answered 500.`,
    )
    await cluster.gate.open()
    expect(await values(server, path)).toContain(`lost-${status}`)
  })
}
