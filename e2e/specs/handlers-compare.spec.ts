import { createRequire } from 'node:module'
import { expect } from '@playwright/test'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { five } from '../harness/five.ts'
import { plainlyTagged } from '../harness/kinds.ts'
import { loadsDuring } from '../harness/loads.ts'
import type { NextServer } from '../harness/next-server.ts'
import { outputs, post, prefetch } from '../harness/page.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

// One app, built with the handlers and without, is asked the same in the same order. Pages that depend on no version
// are answered alike; intended differences have tests of their own.

interface Side {
  readonly sql: Cluster['sql']
  readonly server: NextServer
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly shown: Readonly<Record<string, string>>
}

let clusters: Cluster[] = []

test.beforeAll(async ({ built }) => {
  test.setTimeout(300_000)
  for (const build of ['with cache components and a proxy', 'stock Next'] as const) {
    clusters.push(await startCluster(await built(build), { servers: 1, direct: true }))
  }
})

test.afterAll(async () => {
  await Promise.all(clusters.map((cluster) => cluster.stop()))
  clusters = []
})

/** Does the same on both sides, and returns the results: with the handlers, and in stock Next. */
async function onBoth<T>(work: (side: Side) => Promise<T>): Promise<[T, T]> {
  const seen: T[] = []
  for (const { sql, servers } of clusters) seen.push(await work({ sql, server: servers[0] as NextServer }))
  return seen as [T, T]
}

/** These belong to the connection, the moment or the build. */
const incidental = ['connection', 'content-length', 'date', 'etag', 'keep-alive', 'transfer-encoding']

async function ask({ server }: Side, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(server.url + path, { headers, redirect: 'manual' })
  const kept = [...response.headers].filter(([name]) => !incidental.includes(name))
  return {
    status: response.status,
    headers: Object.fromEntries(kept),
    shown: outputs(await response.text()),
  }
}

function withoutCacheHeader({ headers, ...answer }: Answer): Answer {
  const { 'x-nextjs-cache': _, ...others } = headers
  return { ...answer, headers: others }
}

async function change({ sql }: Side, name: string, value: string): Promise<void> {
  await sql`update things set value = ${value} where name = ${name}`
}

async function revalidate({ server }: Side, verb: string, tag: string): Promise<void> {
  const response = await fetch(`${server.url}/api/do?verb=${verb}&tag=${tag}`, { method: 'POST' })
  // Its end waits for what was revalidated.
  await response.text()
}

/** The values that a page shows one after the other, until it shows the last of them. */
async function valuesUntil(side: Side, path: string, last: string): Promise<string[]> {
  const values: string[] = []
  await until(async () => {
    const { shown } = await ask(side, path)
    if (values.at(-1) !== shown.value) values.push(shown.value ?? '')
    return shown.value === last
  })
  return values
}

// The first of all, before anything is changed.
test("the build's pages with plain tags are served at the first request", async () => {
  const [ours, stock] = await onBoth(async (side) => {
    const found: Record<string, string | undefined> = {}
    const loads = await loadsDuring(side, async () => {
      for (const path of plainlyTagged) found[path] = (await ask(side, path)).headers['x-nextjs-cache']
    })
    return { found, loads }
  })
  expect(ours).toEqual(stock)
  expect(ours).toEqual({
    found: Object.fromEntries(plainlyTagged.map((path) => [path, 'HIT'])),
    loads: {},
  })
})

/** Next 16.3 answers a page with 200 that was found missing, or redirected, while it was built. */
const isNext163 = createRequire(import.meta.url)('next/package.json').version.startsWith('16.3.')

const paths = {
  'a static page': ['/unversioned', 200],
  'a static page with a tag that names no cache': ['/tagged', 200],
  'a page from generateStaticParams': ['/same/item/known', 200],
  'a page that is found missing while it is built': ['/same/item/missing', isNext163 ? 200 : 404],
  'a page that redirects while it is built': ['/same/item/moved', isNext163 ? 200 : 307],
  'a page on demand': ['/same/item/other', 200],
  'a page on demand that is missing': ['/same/item/missing-too', 200],
  'a page on demand that redirects': ['/same/item/moved-too', 200],
  'a static route handler with a status and a header': ['/api/status', 203],
  'a path that no page has': ['/nowhere', 404],
} as const

for (const [kind, [path, status]] of Object.entries(paths)) {
  test(`status, headers and content are those of stock Next: ${kind}`, async () => {
    const [ours, stock] = await onBoth((side) => ask(side, path))
    expect(ours).toEqual(stock)
    expect(ours.status).toBe(status)
    const [flight, stockFlight] = await onBoth((side) => ask(side, path, { rsc: '1' }))
    expect(flight).toEqual(stockFlight)
  })
}

const prefetched = {
  'a static page': '/unversioned',
  'a static page with a tag that names no cache': '/tagged',
  'a page from generateStaticParams': '/same/item/known',
  'a page on demand': '/same/item/prefetched',
  'a page that is rendered at each request': '/same/request',
  'a static route handler': '/api/status',
  'an API route of the pages folder': '/api/pages',
  'a path that no page has': '/nowhere',
}

for (const [kind, path] of Object.entries(prefetched)) {
  test(`the prefetch of a segment is answered as by stock Next: ${kind}`, async () => {
    const [ours, stock] = await onBoth(async (side) => {
      const asked = await ask(side, path, prefetch('/_tree'))
      // Where the router would have named what it has already in the address.
      const { location = path } = asked.headers
      return [
        asked,
        await ask(side, location, prefetch('/_tree')),
        await ask(side, location, prefetch('/_full')),
      ]
    })
    expect(ours).toEqual(stock)
  })
}

test('connection, cookies, headers and search parameters are those of the request, beside what is cached', async () => {
  for (const who of ['anna', 'bert']) {
    const [ours, stock] = await onBoth((side) =>
      ask(side, `/same/request?who=${who}-asks`, { cookie: `who=${who}`, 'x-who': `${who}-says` }),
    )
    expect(ours).toEqual(stock)
    expect(ours.shown).toMatchObject({
      cookie: who,
      header: `${who}-says`,
      query: `${who}-asks`,
      value: 'built',
    })
  }
})

test('draft mode goes past every cache, and only for who has its cookie', async () => {
  const [ours, stock] = await onBoth(async (side) => {
    const response = await fetch(`${side.server.url}/api/draft`, { method: 'POST' })
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const answers: Answer[] = []
    for (const value of ['draft-one', 'draft-two']) {
      await change(side, 'posts', value)
      answers.push(await ask(side, '/same/draft', { cookie }), await ask(side, '/same/draft'))
    }
    await change(side, 'posts', 'built')
    return answers
  })
  expect(ours).toEqual(stock)
  expect(ours.map(({ shown }) => shown)).toEqual([
    { draft: 'true', value: 'draft-one' },
    { draft: 'false', value: 'built' },
    { draft: 'true', value: 'draft-two' },
    { draft: 'false', value: 'built' },
  ])
})

test('cacheLife decides how long a page is kept, and how long it may be stale', async () => {
  const [ours, stock] = await onBoth(async (side) => {
    await change(side, 'posts', 'lively')
    const values = await valuesUntil(side, '/same/life', 'lively')
    const { headers } = await ask(side, '/same/life')
    return { values, cacheControl: headers['cache-control'], stale: headers['x-nextjs-stale-time'] }
  })
  expect(ours).toEqual(stock)
  expect(ours).toEqual({
    values: ['built', 'lively'],
    cacheControl: 's-maxage=1, stale-while-revalidate=399',
    stale: '60',
  })
})

// By intent an expired page is revalidated: it is found, and is returned as outdated. Were it a miss as in stock Next,
// Next would serve the fallback shell of a [param] route, and never revalidate the page.
const expiring = {
  revalidatePath: { path: '/unversioned', form: 'path' },
  'updateTag with a tag that names no cache': { path: '/tagged', form: 'updatePosts' },
}

for (const [verb, { path, form }] of Object.entries(expiring)) {
  test(`${verb} expires its page, which is then REVALIDATED by intent, and a MISS in stock Next`, async () => {
    const [ours, stock] = await onBoth(async (side) => {
      const before = await ask(side, path)
      await post(side.server, form, 'expired')
      return [before, await ask(side, path), await ask(side, path)]
    })
    expect(ours.map(({ headers }) => headers['x-nextjs-cache'])).toEqual(['HIT', 'REVALIDATED', 'HIT'])
    expect(stock.map(({ headers }) => headers['x-nextjs-cache'])).toEqual(['HIT', 'MISS', 'HIT'])
    expect(ours.map(withoutCacheHeader)).toEqual(stock.map(withoutCacheHeader))
    expect(ours.map(({ shown }) => shown.value)).toEqual(['built', 'expired', 'expired'])
  })
}

for (const [verb, seen] of Object.entries({ expire: ['at-expire'], max: ['before', 'at-max'] })) {
  test(`revalidateTag with ${verb} and a tag that names no cache does what it does in stock Next`, async () => {
    const [ours, stock] = await onBoth(async (side) => {
      await change(side, 'posts', 'before')
      await revalidate(side, 'expire', 'posts')
      await valuesUntil(side, '/tagged', 'before')
      await change(side, 'posts', `at-${verb}`)
      await revalidate(side, verb, 'posts')
      return await valuesUntil(side, '/tagged', `at-${verb}`)
    })
    expect(ours).toEqual(stock)
    expect(ours).toEqual(seen)
  })
}

test('a page with getStaticProps is revalidated on demand and when it is due, and by no invalidation', async () => {
  const [ours, stock] = await onBoth(async (side) => {
    const before = await ask(side, '/beside/built')
    await change(side, 'bans', 'beside')
    await revalidate(side, 'invalidate', 'bans')
    const invalidated = await ask(side, '/beside/built')
    const due = await valuesUntil(side, '/beside/due', 'beside')
    await (await fetch(`${side.server.url}/api/pages?path=/beside/built`)).text()
    const demanded = await ask(side, '/beside/built')
    await change(side, 'bans', 'built')
    return { before, invalidated, due, demanded }
  })
  expect(ours).toEqual(stock)
  const { before, invalidated, demanded } = ours
  expect([before, invalidated, demanded].map(({ shown }) => shown.value)).toEqual([
    'built',
    'built',
    'beside',
  ])
  expect(ours.due).toEqual(['built', 'beside'])
})

test('by intent, a page that depends on a version is kept by no browser', async () => {
  const [ours, stock] = await onBoth(async (side) => (await ask(side, '/plain')).headers['cache-control'])
  expect(ours).toBe('private, no-cache')
  expect(stock).toMatch(/^s-maxage=/)
})

test('max has the name of a cache serve its pages once more, as in stock Next', async () => {
  const [ours, stock] = await onBoth(async (side) => {
    await change(side, 'bans', 'at-max')
    await revalidate(side, 'max', 'bans')
    return await valuesUntil(side, '/plain', 'at-max')
  })
  expect(ours).toEqual(stock)
  expect(ours).toEqual(['built', 'at-max'])
})

for (const path of Object.keys(five)) {
  test(`of five values on ${path} an updateTag loads what it loads in stock Next`, async () => {
    const [ours, stock] = await onBoth(async (side) => {
      // A revalidation behind the answer, which the test before may have left to do, would be overtaken in stock Next.
      await until(async () => (await ask(side, path)).headers['x-nextjs-cache'] === 'HIT')
      await post(side.server, 'update', path)
      let shown: Answer['shown'] = {}
      const loads = await loadsDuring(side, async () => {
        shown = (await ask(side, path)).shown
      })
      return { loads, shown }
    })
    expect(ours).toEqual(stock)
    expect(ours.shown).toMatchObject({ bans: path })
  })
}
