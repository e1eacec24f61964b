import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { five } from '../harness/five.ts'
import { kinds } from '../harness/kinds.ts'
import { loadsDuring } from '../harness/loads.ts'
import type { NextServer } from '../harness/next-server.ts'
import { shown, values } from '../harness/page.ts'
import { test } from '../harness/test.ts'

let cluster: Cluster

test.beforeAll(({ shared }) => {
  cluster = shared
})

for (const [kind, path] of Object.entries(kinds)) {
  test(`${kind} is fresh at the next request on every server after a plain UPDATE`, async () => {
    for (const round of [1, 2]) {
      for (const server of cluster.servers) await values(server, path)
      const value = `${path}#${round}`
      await invalidateBySql(cluster, value)
      for (const server of cluster.servers) {
        for (const seen of await values(server, path)) expect(seen).toBe(value)
        for (const seen of await values(server, path)) expect(seen).toBe(value)
      }
    }
  })
}

test('each new path of a [param] route is fresh, though its fallback shell is as old as the build', async () => {
  await invalidateBySql(cluster, 'new-paths')
  for (const server of cluster.servers) {
    for (const slug of ['three', 'four', 'five']) {
      for (const seen of await values(server, `/param/${slug}`)) expect(seen).toBe('new-paths')
    }
  }
})

test('a navigation in the browser is fresh at the next request', async () => {
  for (const path of ['/shell', '/param/one', '/param/two', '/versioned']) {
    const value = `navigation${path}`
    await invalidateBySql(cluster, value)
    for (const server of cluster.servers) {
      const response = await fetch(server.url + path, { headers: { rsc: '1' } })
      expect(response.status).toBe(200)
      const flight = await response.text()
      expect(flight).toContain(value)
      expect(flight).not.toContain('built')
    }
  }
})

test('a server that starts with an old build serves nothing of it', async () => {
  await invalidateBySql(cluster, 'since-the-build')
  const server = await cluster.start()
  for (const path of Object.values(kinds)) {
    for (const seen of await values(server, path)) expect(seen).toBe('since-the-build')
  }
})

test('a static page is rendered once for each version, and served from the cache after that', async () => {
  const [server] = cluster.servers
  await invalidateBySql(cluster, 'once')
  const answers = await Promise.all(
    ['/versioned', '/param/one'].map((path) => fetch(`${server?.url}${path}`)),
  )
  for (const answer of answers) expect(answer.headers.get('x-nextjs-cache')).toBe('REVALIDATED')
  const repeated = await Promise.all(
    ['/versioned', '/param/one'].map((path) => fetch(`${server?.url}${path}`)),
  )
  for (const answer of repeated) expect(answer.headers.get('x-nextjs-cache')).toBe('HIT')
})

test('an invalidation leaves the other caches of a page alone', async () => {
  const [server] = cluster.servers
  await shown(server as never, '/both')
  await invalidateBySql(cluster, 'others')
  const before = await loadsOf('settings')
  expect(await shown(server as never, '/both')).toMatchObject({ bans: 'others' })
  expect(await loadsOf('settings')).toBe(before)
})

for (const [path, load] of Object.entries(five)) {
  test(`of five values on ${path} an invalidation loads the one that it concerns`, async () => {
    const [server] = cluster.servers as [NextServer]
    await values(server, path)
    await invalidateBySql(cluster, path)
    const loads = await loadsDuring(cluster, async () => {
      expect(await shown(server, path)).toMatchObject({ bans: path })
    })
    expect(loads).toEqual({ [load]: 1 })
    expect(await loadsDuring(cluster, () => shown(server, path))).toEqual({})
  })
}

async function loadsOf(name: string): Promise<number> {
  const [row] = await cluster.sql`select count(*)::int as count from loads where name = ${name}`
  return row?.count
}
