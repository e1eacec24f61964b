import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { shown, status, values } from '../harness/page.ts'
import { race } from '../harness/race.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  // With a lease it would answer for a second more.
  cluster = await startCluster(await built(), { servers: 1, env: { CACHE_VERSIONS_LEASES: 'off' } })
  ;[server] = cluster.servers as [NextServer]
})

test.afterAll(() => cluster?.stop())
test.afterEach(async () => {
  if (!cluster.gate.isOpen()) await cluster.gate.open()
})

/** The lines that a server has printed, without the empty ones. */
async function printed({ log }: NextServer): Promise<string[]> {
  return (await readFile(log, 'utf8')).split('\n').filter((line) => line.trim() !== '')
}

/** The one line that it has printed about its database by itself. */
async function warningOf(server: NextServer): Promise<string> {
  const warnings = async () => (await printed(server)).filter((line) => line.startsWith('[cache-versions]'))
  await expect.poll(warnings, { timeout: 10_000 }).toHaveLength(1)
  return (await warnings()).join()
}

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

test('without Postgres no page is served, for a tag or a path of it may have changed', async () => {
  for (const path of ['/unversioned', '/tagged']) {
    expect(await shown(server, path)).toEqual({ value: 'built' })
    await cluster.gate.close()
    expect(await status(server, path)).toBe(500)
    await cluster.gate.open()
    expect(await shown(server, path)).toEqual({ value: 'built' })
  }
})

test("with tags 'local' and without Postgres pages that need no version are served as ever", async () => {
  const local = await cluster.start({ CACHE_VERSIONS_TAGS: 'local' })
  expect(await shown(local, '/tagged')).toEqual({ value: 'built' })
  await cluster.gate.close()
  expect(await shown(local, '/unversioned')).toEqual({ value: 'built' })
  // Tagged, but its tag was no cache when Postgres was last heard of.
  expect(await shown(local, '/tagged')).toEqual({ value: 'built' })
})

test("with tags 'local' a server that starts without Postgres serves the pages that need no version", async () => {
  await cluster.gate.close()
  const late = await cluster.start({ CACHE_VERSIONS_TAGS: 'local' })
  expect(await warningOf(late)).toMatch(/Postgres at 127\.0\.0\.1:\d+ cannot be reached/)
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

test('a request to a frozen Postgres waits once, not in its proxy, its handlers and its page', async () => {
  await values(server, '/versioned')
  cluster.gate.freeze()
  const answer = await fetch(`${server.url}/versioned`, { signal: AbortSignal.timeout(3500) })
  expect(answer.status).toBe(500)
})

test('an outage has one warning and one line at its end, and a failed request the three lines that Next prints', async () => {
  for (const path of versioned) await values(server, path)
  // Trouble within ten seconds of the last would be the same outage.
  const fresh = await cluster.start()
  await values(fresh, '/versioned')
  await cluster.gate.close()
  const before = await printed(fresh)
  const requests = 10
  for (let request = 0; request < requests; request += 1) expect(await status(fresh, '/versioned')).toBe(500)
  await cluster.gate.open()
  await values(fresh, '/versioned')
  await expect.poll(() => printed(fresh)).toContainEqual(expect.stringContaining('Postgres answers again'))
  const lines = (await printed(fresh)).slice(before.length)
  expect(lines.filter((line) => line.startsWith('[cache-versions]'))).toEqual([
    expect.stringMatching(
      /Postgres at 127\.0\.0\.1:\d+ cannot be reached .* Until it answers, what needs a version fails/,
    ),
    expect.stringContaining('Postgres answers again'),
  ])
  expect(lines.length).toBeLessThanOrEqual(2 + 3 * requests)
})

test('a server says when it starts, before any request, what is wrong with its database', async () => {
  test.setTimeout(90_000)
  const empty = new URL(cluster.databaseUrl)
  empty.pathname = '/postgres'
  const wrong = {
    '': 'No database is configured. Set DATABASE_URL',
    [empty.href]:
      'The database has no cache versions yet (relation "cache_versions" does not exist). Run the migrations: ',
  }
  for (const [DATABASE_URL, message] of Object.entries(wrong)) {
    const late = await cluster.start({ DATABASE_URL })
    expect(await warningOf(late)).toContain(message)
  }
})

test('a DATABASE_URL that cannot be read is never shown, at the start or by a request', async () => {
  const late = await cluster.start({ DATABASE_URL: 'postgres://anna:s3/cr3t@127.0.0.1/forum' })
  expect(await warningOf(late)).toContain('DATABASE_URL is not a URL of Postgres')
  for (const path of versioned) expect(await status(late, path)).toBe(500)
  expect((await printed(late)).join('\n')).not.toMatch(/cr3t|anna/)
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
