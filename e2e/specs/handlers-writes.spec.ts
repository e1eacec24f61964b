import { expect } from '@playwright/test'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { post, shown } from '../harness/page.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let cluster: Cluster
let server: NextServer
let other: NextServer

test.beforeAll(({ shared }) => {
  cluster = shared
  ;[server, other] = cluster.servers as [NextServer, NextServer]
})

interface Line {
  readonly cache: string
  readonly tag: string
  /** For as long it makes stale only. */
  readonly seconds: number
  readonly source: string
}

/** The log's new lines since the work began. */
async function logged(work: () => Promise<unknown>, { sql } = cluster): Promise<Line[]> {
  const [row] = await sql`select coalesce(max(id), 0)::int as last from cache_invalidations`
  await work()
  return [
    ...(await sql<Line[]>`
      select cache, tag, expire_seconds as seconds, source from cache_invalidations
      where id > ${row?.last} order by id`),
  ]
}

const cacheOfTags = 'next-cache-versions/tags'
const ofCache = (source: string) => ({ cache: 'bans', tag: '', seconds: 0, source })
const ofTag = (tag: string, source: string) => ({ cache: cacheOfTags, tag, seconds: 0, source })
/** The profile `max` expires after a year. */
const ofStaleTag = (tag: string, source: string) => ({ ...ofTag(tag, source), seconds: 365 * 24 * 3600 })

/** Has each kind of entry of the page filled, on both servers. */
async function warm(): Promise<void> {
  for (const each of [server, other]) await shown(each, '/act')
}

const fresh = (value: string) => ({ versioned: value, plain: value, unstable: value, fetched: value })

for (const form of ['invalidate', 'update', 'invalidateInTransaction']) {
  test(`an action that calls ${form} invalidates once and shows its own write`, async () => {
    await warm()
    const value = `by-${form}`
    const lines = await logged(async () => {
      expect(await post(server, form, value)).toMatchObject(fresh(value))
    })
    expect(lines).toEqual([ofCache('action')])
    expect(await shown(other, '/act')).toMatchObject(fresh(value))
    expect(await shown(server, '/versioned')).toEqual({ value })
  })
}

test('after an action a page from generateStaticParams is revalidated, and stays a static page', async () => {
  await post(server, 'update', 'still-static')
  for (const _ of [1, 2]) {
    const navigation = await fetch(`${server.url}/param/one`, { headers: { rsc: '1' } })
    expect([navigation.status, navigation.headers.get('x-nextjs-postponed')]).toEqual([200, null])
    expect(await navigation.text()).toContain('still-static')
  }
})

test('an updateTag after invalidateCache in the same action is an invalidation of its own', async () => {
  await warm()
  const lines = await logged(() => post(server, 'invalidateThenUpdate', 'twice'))
  expect(lines).toHaveLength(2)
  for (const each of [server, other]) expect(await shown(each, '/act')).toMatchObject(fresh('twice'))
})

for (const [place, source, revalidate] of [
  ['an action', 'action', (value: string) => post(server, 'revalidate', value)],
  ['a route handler', 'route', (value: string) => writeByRoute('max', value)],
] as const) {
  test(`revalidateTag with max in ${place} has each server serve its entries once more, and then fresh ones`, async () => {
    await writeByRoute('expire', `${source}-before`)
    for (const each of [server, other]) await shown(each, '/plain')
    const lines = await logged(() => revalidate(`${source}-max`))
    expect(lines).toEqual([ofStaleTag('bans', source)])
    for (const each of [server, other]) {
      expect(await shown(each, '/plain')).toEqual({ value: `${source}-before` })
      await until(async () => (await shown(each, '/plain')).value === `${source}-max`)
    }
  })
}

for (const verb of ['invalidate', 'expire']) {
  test(`a route handler that uses ${verb} invalidates once`, async () => {
    await warm()
    const value = `route-${verb}`
    const lines = await logged(() => writeByRoute(verb, value))
    expect(lines).toEqual([ofCache('route')])
    for (const each of [other, server]) expect(await shown(each, '/act')).toMatchObject(fresh(value))
  })
}

for (const [place, revalidate] of [
  ['an action posted without JavaScript', () => post(server, 'revalidate', 'settled')],
  ['a route handler', () => fetch(`${server.url}/api/do?verb=max`, { method: 'POST' })],
] as const) {
  test(`the response to revalidateTag in ${place} waits until it has been written`, async () => {
    // Its row is there once a tag has been invalidated.
    await cluster.sql`select start_cache_versioning(${cacheOfTags}) where not exists (
      select from cache_versions where cache = ${cacheOfTags})`
    let answered = false
    const answer = await cluster.sql.begin(async (hold) => {
      await hold`select from cache_versions where cache = ${cacheOfTags} for update`
      const answer = revalidate().then(() => {
        answered = true
      })
      await until(async () => {
        const [row] = await cluster.sql`select count(*)::int as waiting from pg_locks where not granted`
        return row?.waiting > 0
      })
      // A server that has answered what came later has answered this, if it could.
      for (let i = 0; i < 20; i++) await fetch(`${server.url}/_next/static/none`)
      expect(answered).toBe(false)
      return { answer }
    })
    await answer.answer
  })
}

test('a route handler whose revalidateTag cannot be written fails', async () => {
  await warm()
  await cluster.gate.close()
  try {
    expect((await fetch(`${server.url}/api/do?verb=expire`, { method: 'POST' })).status).toBe(500)
  } finally {
    await cluster.gate.open()
  }
})

test('a revalidateTag after invalidateCache in a route handler is an invalidation of its own', async () => {
  const lines = await logged(async () => {
    await fetch(`${server.url}/api/do?verb=both`, { method: 'POST' })
  })
  expect(lines).toHaveLength(2)
})

/** Each is invalidated on one server, and shown by a page that no other test of this file changes. */
const plain = {
  'updateTag with a tag that names no cache': {
    path: '/tagged',
    form: 'updatePosts',
    line: ofTag('posts', 'action'),
  },
  revalidatePath: { path: '/unversioned', form: 'path', line: ofTag('_N_T_/unversioned', 'action') },
} as const

for (const [verb, { path, form, line }] of Object.entries(plain)) {
  test(`${verb} expires its pages on every server, and is logged`, async () => {
    for (const each of [server, other]) await shown(each, path)
    const lines = await logged(() => post(server, form, 'everywhere'))
    expect(lines).toEqual([line])
    for (const each of [other, server]) expect(await shown(each, path)).toEqual({ value: 'everywhere' })
  })
}

test("with tags 'local' a tag and a path expire in this process only, and are not logged", async ({
  built,
}) => {
  const local = await startCluster(await built(), {
    servers: 2,
    direct: true,
    env: { CACHE_VERSIONS_TAGS: 'local' },
  })
  try {
    const [one, two] = local.servers as [NextServer, NextServer]
    for (const { path, form } of Object.values(plain)) {
      for (const each of [one, two]) expect(await shown(each, path)).toEqual({ value: 'built' })
      expect(await logged(() => post(one, form, 'here'), local)).toEqual([])
      expect(await shown(one, path)).toEqual({ value: 'here' })
      expect(await shown(two, path)).toEqual({ value: 'built' })
    }
  } finally {
    await local.stop()
  }
})

test('an action that calls invalidateTag and invalidatePath writes each once, and shows its own write everywhere', async () => {
  for (const each of [server, other]) await shown(each, '/tagged')
  const [row] = await cluster.sql`select coalesce(max(id), 0)::int as last from cache_invalidations`
  await post(server, 'invalidateTags', 'by-tag')
  const lines = await cluster.sql`
    select tag, expire_seconds as expire, source from cache_invalidations where id > ${row?.last} order by tag collate "C"`
  expect([...lines]).toEqual([
    { tag: '_N_T_/unversioned', expire: 0, source: 'action' },
    { tag: 'caf%C3%A9', expire: 0, source: 'action' },
    { tag: 'posts', expire: 0, source: 'action' },
    { tag: 'soft', expire: 60, source: 'action' },
  ])
  for (const each of [server, other]) expect(await shown(each, '/tagged')).toEqual({ value: 'by-tag' })
})

test('a route handler that calls invalidateTag writes it once, and is obeyed everywhere', async () => {
  for (const each of [server, other]) await shown(each, '/tagged')
  await cluster.sql`update things set value = 'by-route' where name = 'posts'`
  const lines = await logged(() => fetch(`${server.url}/api/do?verb=tag&tag=posts`, { method: 'POST' }))
  expect(lines).toEqual([ofTag('posts', 'route')])
  for (const each of [server, other]) expect(await shown(each, '/tagged')).toEqual({ value: 'by-route' })
})

test('a plain tag is that of a cache from the moment its cache is started', async () => {
  const before = await shown(other, '/tagged')
  await cluster.sql`update things set value = 'versioned-now' where name = 'posts'`
  expect(await shown(other, '/tagged')).toEqual(before)
  await cluster.sql`select start_cache_versioning('posts')`
  for (const each of [server, other]) expect(await shown(each, '/tagged')).toEqual({ value: 'versioned-now' })
})

test('an updateTag that cannot be written fails the action', async () => {
  await warm()
  await cluster.gate.close()
  try {
    await expect(post(server, 'updatePosts', 'lost')).rejects.toThrow()
  } finally {
    await cluster.gate.open()
  }
})

/** Writes the value, and then revalidates its cache in a route handler. */
async function writeByRoute(verb: string, value: string): Promise<void> {
  await cluster.sql`update things set value = ${value} where name = 'bans'`
  await fetch(`${server.url}/api/do?verb=${verb}`, { method: 'POST' })
}
