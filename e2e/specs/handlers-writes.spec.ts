import { expect } from '@playwright/test'
import type { Cluster } from '../harness/cluster.ts'
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

/** The log's new lines since the work began. */
async function logged(work: () => Promise<unknown>): Promise<{ cache: string; source: string }[]> {
  const [row] = await cluster.sql`select coalesce(max(id), 0)::int as last from cache_invalidations`
  await work()
  return [
    ...(await cluster.sql<{ cache: string; source: string }[]>`
      select cache, source from cache_invalidations where id > ${row?.last} order by id`),
  ]
}

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
    expect(lines).toEqual([{ cache: 'bans', source: 'action' }])
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

test('revalidateTag with a profile invalidates too', async () => {
  await warm()
  const lines = await logged(() => post(server, 'revalidate', 'by-profile'))
  expect(lines).toEqual([{ cache: 'bans', source: 'action' }])
  for (const each of [server, other]) expect(await shown(each, '/act')).toMatchObject(fresh('by-profile'))
})

for (const verb of ['invalidate', 'max', 'expire']) {
  test(`a route handler that uses ${verb} invalidates once`, async () => {
    await warm()
    const value = `route-${verb}`
    const lines = await logged(async () => {
      await cluster.sql`update things set value = ${value} where name = 'bans'`
      await fetch(`${server.url}/api/do?verb=${verb}`, { method: 'POST' })
    })
    expect(lines).toEqual([{ cache: 'bans', source: 'route' }])
    for (const each of [other, server]) expect(await shown(each, '/act')).toMatchObject(fresh(value))
  })
}

for (const [place, revalidate] of [
  ['an action posted without JavaScript', () => post(server, 'revalidate', 'settled')],
  ['a route handler', () => fetch(`${server.url}/api/do?verb=max`, { method: 'POST' })],
] as const) {
  test(`the response to revalidateTag in ${place} waits until it has been written`, async () => {
    let answered = false
    const answer = await cluster.sql.begin(async (hold) => {
      await hold`select from cache_versions where cache = 'bans' for update`
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
  expect(lines).toEqual([{ cache: 'next-cache-versions/tags', source: 'route' }])
  for (const each of [server, other]) expect(await shown(each, '/tagged')).toEqual({ value: 'by-route' })
})

test('a tag that names no cache expires in this process only and is not logged', async () => {
  for (const each of [server, other]) expect(await shown(each, '/tagged')).toEqual({ value: 'built' })
  const lines = await logged(() => post(server, 'updatePosts', 'new-post'))
  expect(lines).toEqual([])
  expect(await shown(server, '/tagged')).toEqual({ value: 'new-post' })
  expect(await shown(other, '/tagged')).toEqual({ value: 'built' })
})

test('revalidatePath expires a page without a version in this process only', async () => {
  for (const each of [server, other]) expect(await shown(each, '/unversioned')).toEqual({ value: 'built' })
  const lines = await logged(() => post(server, 'path', 'by-path'))
  expect(lines).toEqual([])
  expect(await shown(server, '/unversioned')).toEqual({ value: 'by-path' })
  expect(await shown(other, '/unversioned')).toEqual({ value: 'built' })
})

test('a plain tag is obeyed from the moment its cache is started', async () => {
  expect(await shown(other, '/tagged')).toEqual({ value: 'built' })
  await cluster.sql`update things set value = 'versioned-now' where name = 'posts'`
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
