import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect, test } from '@playwright/test'
import { type NextServer, startNext } from '../harness/next-server.ts'

/** An event; `handlers/` of the fixture notes them. */
interface Event {
  readonly what: string
  readonly [detail: string]: unknown
}

let folder: string
let server: NextServer
/** The static page as the build has left it; a server writes over it. */
let built: { html: string; meta: string }

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-contract-'))
  const page = 'e2e/fixtures/contract/.next/server/app/static'
  built = { html: await readFile(`${page}.html`, 'utf8'), meta: await readFile(`${page}.meta`, 'utf8') }
  server = await startNext('e2e/fixtures/contract', { log: join(folder, 'server.log'), env: {} })
  // Next loads the handlers with the first request.
  await get('/static')
})

test.afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function get(path: string, headers: Record<string, string> = {}): Promise<string> {
  return await (await fetch(server.url + path, { headers })).text()
}

interface Seen {
  readonly events: Event[]
  readonly runs: number
  readonly listed: Record<string, { expired?: number }>
}

async function seen(query = ''): Promise<Seen> {
  return JSON.parse(await get(`/api/seen${query}`))
}

/** The events while the work is done. */
async function during(work: () => Promise<unknown>, query?: string): Promise<Event[]> {
  await seen(query)
  await work()
  return (await seen()).events
}

function all(events: readonly Event[], what: string): Event[] {
  return events.filter((event) => event.what === what)
}

test('the default export of cacheHandler is awaited for each request, before the lookup of its page', async () => {
  const events = await during(() => Promise.all([get('/static'), get('/static'), get('/static')]))
  const page = events.filter(
    ({ what, path, route }) => path === '/static' || (what === 'awaited' && route === '/static'),
  )
  expect(all(page, 'awaited').length).toBeGreaterThanOrEqual(3)
  // What an earlier request has made may be kept as late as now.
  expect(page.find(({ what }) => what !== 'set')?.what).toBe('awaited')
})

test('the key of a page ends in its path, and the page tells the tags of its entries', async () => {
  const events = await during(() => get('/param/one'))
  expect(all(events, 'get')).toContainEqual(expect.objectContaining({ path: '/param/one', kind: 'APP_PAGE' }))
  expect(String(all(events, 'get')[0]?.tags).split(',')).toContain('thing')
})

test('the request tells its route and params when the default export is awaited', async () => {
  const events = await during(() => get('/param/some%20slug'))
  expect(all(events, 'awaited')).toContainEqual({
    what: 'awaited',
    route: '/param/[slug]',
    params: { slug: 'some slug' },
  })
})

test('a page that comes back with lastModified -1 is rendered before the response', async () => {
  const before = await get('/static')
  await seen('?outdated=/static')
  const after = await get('/static')
  const { events } = await seen()
  expect(all(events, 'set').map(({ path }) => path)).toEqual(['/static'])
  expect(outputOf(after)).not.toBe(outputOf(before))
})

test('a page that comes back with lastModified -1 is rendered as revalidated on demand', async () => {
  const events = await during(() => get('/static'), '?outdated=/static')
  expect(all(events, 'enter')[0]).toMatchObject({ page: '/static/page', isOnDemandRevalidate: true })
})

test('a page that comes back with a tag that is listed as stale is served, and rendered behind the response', async () => {
  const before = await get('/static')
  await seen('?stale=/static')
  expect(outputOf(await get('/static'))).toBe(outputOf(before))
  const sets: Event[] = []
  await until(async () => {
    sets.push(...all((await seen()).events, 'set'))
    return sets.some(({ path }) => path === '/static')
  })
})

test('a render enters workAsyncStorage with its record before it looks for any entry', async () => {
  const events = await during(() => get('/shared?key=enters'))
  const entered = events.findIndex(({ what, page }) => what === 'enter' && page === '/shared/page')
  const looked = events.findIndex(({ what }) => what === 'entry get')
  expect(entered).toBeGreaterThanOrEqual(0)
  expect(looked).toBeGreaterThan(entered)
  expect(events[entered]).toMatchObject({ hasMaps: false, hasCache: true, render: events[looked]?.render })
})

test('a call of a cached function is in pendingCacheInvocations for as long as others may join it', async () => {
  await seen('?hold')
  const first = get('/shared?key=joined')
  await until(async () => (await seen()).runs === 1)
  const second = get('/shared?key=joined')
  const events: Event[] = []
  await until(async () => {
    events.push(...(await seen()).events)
    return all(events, 'pending set').length === 1
  })
  expect(all(events, 'pending delete')).toEqual([])
  await seen('?release')
  const answers = await Promise.all([first, second])
  for (const answer of answers) expect(outputOf(answer)).toBe('joined')
  const { events: after, runs } = await seen()
  expect(runs).toBe(0)
  expect(all(after, 'pending delete')).toHaveLength(2)
})

test('completedCacheInvocations is asked right before a join, and a result that is older than everything is discarded', async () => {
  await seen('?hold')
  const first = get('/shared?key=expired')
  await until(async () => (await seen()).runs === 1)
  await seen('?expire')
  const second = get('/shared?key=expired')
  const events: Event[] = []
  await until(async () => {
    events.push(...(await seen('?expire')).events)
    return all(events, 'pending set').length === 1
  })
  const own = events.filter(({ render }) => render === all(events, 'pending set')[0]?.render)
  expect(own.map(({ what }) => what)).toEqual(['enter', 'completed get', 'pending set'])
  await seen('?release')
  for (const answer of await Promise.all([first, second])) expect(outputOf(answer)).toBe('expired')
})

test('the handlers are called for revalidated tags with one list', async () => {
  const events = await during(() => post('/act'))
  const told = events.filter(({ what }) => what.endsWith('told'))
  // For a form that is posted without JavaScript Next calls the handlers twice.
  expect(told).toHaveLength(6)
  for (const round of [told.slice(0, 3), told.slice(3)]) {
    expect(round.map(({ what }) => what).sort()).toEqual(['entries told', 'entries told', 'pages told'])
    expect(new Set(round.map(({ list }) => list)).size).toBe(1)
  }
  expect(told[0]?.tags).toEqual(['thing'])
})

test('the handlers of one request are created with one headers object', async () => {
  await post('/act')
  const events = await during(() => get('/api/static'))
  const [stored] = all(events, 'set')
  expect(stored).toBeDefined()
  expect(all(events, 'get')).toContainEqual(
    expect.objectContaining({ path: '/api/static', headers: stored?.headers }),
  )
})

test('a page is asked for in the turn of the event loop in which the default export is awaited', async () => {
  const events = await during(() => get('/static'))
  expect(all(events, 'get')).toContainEqual(expect.objectContaining({ path: '/static', turned: false }))
})

test('a tag that is added to an entry of a build is stored with the page', async () => {
  const { headers } = JSON.parse(built.meta)
  expect(headers['x-next-cache-tags'].split(',')).toContain('noted')
})

test('a render tells when its request began, on the clock of the entries', async () => {
  const before = Date.now()
  const events = await during(() => get('/shared?key=began'))
  const [looked] = all(events, 'entry get')
  expect(looked?.began).toBeGreaterThanOrEqual(before - 1)
  expect(looked?.began).toBeLessThanOrEqual(Date.now())
})

test('the phase of a server action is action', async () => {
  const [acted] = all(await during(() => post('/act')), 'acted')
  expect(acted?.phase).toBe('action')
})

test('a tag that was revalidated is in the list of this process, as expired', async () => {
  const before = Date.now()
  await post('/act')
  expect((await seen()).listed.thing?.expired).toBeGreaterThanOrEqual(before)
})

test('the id of the build and the lifetimes of its pages are in files beside the server folder', async () => {
  const [found] = all(await during(() => get('/static')), 'get')
  const folder = join(String(found?.serverFolder), '..')
  expect(folder).toBe(resolve('e2e/fixtures/contract/.next'))
  expect((await readFile(join(folder, 'BUILD_ID'), 'utf8')).trim()).not.toBe('')
  const manifest = JSON.parse(await readFile(join(folder, 'prerender-manifest.json'), 'utf8'))
  expect(manifest.routes['/param/one']).toHaveProperty('initialRevalidateSeconds')
  expect(manifest.dynamicRoutes['/param/[slug]']).toHaveProperty('fallbackRevalidate')
})

test('env of the configuration as it was built is in a file beside the server folder', async () => {
  const file = 'e2e/fixtures/contract/.next/required-server-files.json'
  expect(JSON.parse(await readFile(file, 'utf8')).config.env).toEqual({ CONTRACT_OF_BUILD: 'kept' })
})

test('a build says its phase in the environment', async () => {
  expect(built.html).toContain('<data value="phase-production-build">')
})

test('the state of a shell is its length, its text and its entries, compressed', async () => {
  // Another test may have expired the shell of the build.
  await get('/shell')
  const [shell] = all(await during(() => get('/shell')), 'get')
  const postponed = String(shell?.postponed)
  const [prefix = '', length] = /^(\d+):/.exec(postponed) ?? []
  const entries = postponed.slice(prefix.length + Number(length))
  const { store } = JSON.parse(inflateSync(Buffer.from(entries, 'base64')).toString())
  const [entry] = Object.values(store.cache) as { entry: { tags: string[] } }[]
  expect(entry?.entry.tags).toContain('thing')
  expect(store.fetch).toEqual({})
})

test('the answer to the prefetch of a segment has the header by which it is known', async () => {
  const headers = { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' }
  const answer = await fetch(`${server.url}/static`, { headers })
  expect(answer.headers.get('x-nextjs-postponed')).toBe('2')
})

/** Posts the form of a page as a browser without JavaScript does. */
async function post(path: string): Promise<void> {
  const page = await get(path)
  const body = new FormData()
  for (const [, name] of page.matchAll(/name="(\$ACTION[^"]*)"/g)) body.append(name ?? '', '')
  const answer = await fetch(server.url + path, { method: 'POST', body, headers: { origin: server.url } })
  await answer.text()
  expect(answer.status).toBe(200)
}

function outputOf(html: string): string | undefined {
  return /<output>([^<]*)<\/output>/.exec(html)?.[1]
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 10_000, intervals: [20] }).toBe(true)
}
