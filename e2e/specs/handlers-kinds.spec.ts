import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { routeKinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { outputs, shown, status, values } from '../harness/page.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let cluster: Cluster

test.beforeAll(({ shared }) => {
  cluster = shared
})

for (const [kind, { path, headers = {} }] of Object.entries(routeKinds)) {
  test(`${kind} is fresh at the next request on every server after a plain UPDATE`, async () => {
    const name = kind.replaceAll(/\W/g, '')
    for (const server of cluster.servers) await text(server, path, headers)
    let old = 'built'
    for (const value of [`${name}-1`, `${name}-2`]) {
      await invalidateBySql(cluster, value)
      for (const server of cluster.servers) {
        const answer = await text(server, path, headers)
        expect(answer).toContain(value)
        expect(answer).not.toContain(old)
      }
      old = value
    }
  })
}

test('a page with a private cache is fresh at the next request on every server, and each user has their own', async () => {
  for (const value of ['private-1', 'private-2']) {
    await invalidateBySql(cluster, value)
    for (const server of cluster.servers) {
      for (const who of ['anna', 'bert']) {
        expect(outputs(await text(server, '/mine', { cookie: `who=${who}` }))).toEqual({
          direct: `${who} ${value}`,
          inside: value,
        })
      }
    }
  }
})

test('a cached page becomes notFound at the next request on every server, and comes back', async () => {
  for (const [value, expected] of Object.entries({ 'there-1': 200, gone: 404, 'there-2': 200 })) {
    await invalidateBySql(cluster, value)
    for (const server of cluster.servers) {
      for (const _ of [1, 2]) expect(await status(server, '/gone')).toBe(expected)
      if (expected === 200) expect(await values(server, '/gone')).toEqual([value])
    }
  }
})

test('a cached redirect leads to its new target at the next request on every server', async () => {
  for (const value of ['target-1', 'target-2']) {
    await invalidateBySql(cluster, value)
    for (const server of cluster.servers) {
      for (const _ of [1, 2]) {
        const { status, headers } = await fetch(`${server.url}/moved`, { redirect: 'manual' })
        expect(status).toBe(307)
        // Stock Next sends it twice with what it has just rendered (vercel/next.js#82117).
        expect(headers.get('location')).toBe(`/to/${value}`)
      }
    }
  }
})

test('a callback of after reads what is current', async () => {
  for (const [index, server] of cluster.servers.entries()) {
    await invalidateBySql(cluster, `later-${index}`)
    await shown(server, '/later')
    await until(async () => (await notes()).includes(`after later-${index}`))
  }
})

test('draft mode shows what no cache holds, and leaves nothing of it to the caches', async () => {
  await invalidateBySql(cluster, 'published')
  const [one] = cluster.servers as [NextServer]
  await expectEach(one, '/drafted', 'published')
  const cookie = await enterDraftMode(one)
  await cluster.sql`update things set value = 'draft' where name = 'bans'`
  await expectEach(one, '/drafted', 'draft', { cookie })
  await expectEach(one, '/drafted', 'published')
})

test('who leaves draft mode is shown what is current on every server', async () => {
  const [one] = cluster.servers as [NextServer]
  const cookie = await enterDraftMode(one)
  for (const server of cluster.servers) await text(server, '/drafted', { cookie })
  await invalidateBySql(cluster, 'after-draft')
  for (const server of cluster.servers) await expectEach(server, '/drafted', 'after-draft')
})

test('unstable_cache in getServerSideProps is fresh at the next request on every server', async () => {
  for (const value of ['asked-1', 'asked-2']) {
    await invalidateBySql(cluster, value)
    for (const server of cluster.servers) {
      for (const _ of [1, 2]) expect(await values(server, '/beside/asked')).toEqual([value])
    }
  }
})

async function text(server: NextServer, path: string, headers: Record<string, string>): Promise<string> {
  const response = await fetch(server.url + path, { headers })
  expect(response.status).toBe(200)
  return await response.text()
}

async function expectEach(
  server: NextServer,
  path: string,
  value: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const seen = Object.values(outputs(await text(server, path, headers)))
  expect([...new Set(seen)]).toEqual([value])
}

async function enterDraftMode(server: NextServer): Promise<string> {
  const response = await fetch(`${server.url}/api/draft`, { method: 'POST' })
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function notes(): Promise<string[]> {
  const rows = await cluster.sql<{ name: string }[]>`select name from loads where name like 'after %'`
  return rows.map(({ name }) => name)
}
