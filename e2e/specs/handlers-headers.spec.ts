import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { prefetch } from '../harness/page.ts'
import { test } from '../harness/test.ts'

let cluster: Cluster

test.beforeAll(({ shared }) => {
  cluster = shared
})

const forEachToAsk = 'private, no-cache'

async function cacheControl(path: string, headers: Record<string, string> = {}): Promise<string | null> {
  const response = await fetch(cluster.servers[0]?.url + path, { headers })
  await response.arrayBuffer()
  expect(response.status).toBe(200)
  return response.headers.get('cache-control')
}

for (const path of ['/versioned', '/plain', '/unstable', '/fetched', '/param/one', '/api/static']) {
  test(`neither a browser nor a CDN may keep ${path}, which depends on a version`, async () => {
    await invalidateBySql(cluster, path)
    const made = await Promise.all([1, 2, 3].map(() => cacheControl(path)))
    expect(made).toEqual([forEachToAsk, forEachToAsk, forEachToAsk])
    expect(await cacheControl(path)).toBe(forEachToAsk)
    expect(await cacheControl(path, { rsc: '1' })).toBe(forEachToAsk)
  })
}

test('a page that depends on no version keeps what Next says', async () => {
  for (const path of ['/unversioned', '/tagged'])
    expect(await cacheControl(path)).toMatch(/^s-maxage=900, stale-while-revalidate=\d+$/)
})

test('a page with parts that are rendered at each request is stored nowhere', async () => {
  for (const path of ['/shell', '/act']) expect(await cacheControl(path)).toContain('no-store')
})

for (const path of ['/versioned', '/shell', '/plain', '/param/one']) {
  test(`a prefetch of ${path}, which depends on a version, may be kept by nobody`, async () => {
    for (const segment of ['/_tree', '/_full'])
      expect(await cacheControl(path, prefetch(segment))).toBe(forEachToAsk)
  })
}

test('a prefetch that shares the lookup of another may be kept by nobody', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => cacheControl('/versioned', prefetch('/_tree'))),
  )
  expect(new Set(answers)).toEqual(new Set([forEachToAsk]))
})

test('a header that the app sets itself stands', async () => {
  for (const path of ['/versioned', '/api/static'])
    expect(await cacheControl(path, { 'x-own-header': 'config' })).toBe('public, max-age=60')
  expect(await cacheControl('/versioned', { ...prefetch('/_tree'), 'x-own-header': 'config' })).toBe(
    'public, max-age=60',
  )
  expect(await cacheControl('/param/one', { 'x-own-header': 'proxy' })).toBe('public, max-age=30')
  expect(await cacheControl('/api/own')).toBe('public, max-age=10')
})
