import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CacheHandler } from 'next/dist/server/lib/incremental-cache/index.js'
import { nodeFs } from 'next/dist/server/lib/node-fs-methods.js'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import CacheVersionsHandler from '../../lib/handlers/cache-handler.ts'
import { createTestDatabase, type TestDatabase } from '../../lib/test/database.ts'
import { readCacheVersions } from '../../lib/versions/read.ts'
import { stampOf } from '../../lib/versions/stamp.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'

let database: TestDatabase
let redis: Redis
let folder: string
let servers = 0

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  redis = await startRedis({ own: true })
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-pages-'))
  Object.assign(process.env, {
    UPSTASH_REDIS_REST_URL: '',
    UPSTASH_REDIS_REST_TOKEN: '',
    REDIS_URL: redis.url,
    CACHE_VERSIONS_PAGES: 'shared',
    CACHE_VERSIONS_REDIS_BUDGET_MS: '2000',
  })
})

afterAll(async () => {
  await redis?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** The handler of a server with a folder of its own, and no memory. */
async function server(build = 'one'): Promise<CacheHandler> {
  servers += 1
  const dist = join(folder, String(servers))
  await mkdir(join(dist, 'server'), { recursive: true })
  await writeFile(join(dist, 'BUILD_ID'), build)
  return new CacheVersionsHandler({
    fs: nodeFs,
    flushToDisk: true,
    serverDistDir: join(dist, 'server'),
    revalidatedTags: [],
    _requestHeaders: {},
  })
}

const kind = 'APP_PAGE' as never

async function get(handler: CacheHandler, key: string): Promise<string | undefined> {
  const data = await handler.get(key, { kind, isFallback: false })
  return data?.lastModified === -1 ? undefined : (data?.value as { html: string } | undefined)?.html
}

async function set(
  handler: CacheHandler,
  key: string,
  html: string,
  { tags = 'bans', revalidate = 900 }: { tags?: string; revalidate?: number | false } = {},
): Promise<void> {
  const headers = { 'x-next-cache-tags': tags }
  const rest = { rscData: Buffer.from('rsc'), postponed: undefined, status: 200, segmentData: undefined }
  await handler.set(
    key,
    { kind, html, headers, ...rest },
    { cacheControl: { revalidate, expire: undefined } },
  )
}

async function stampOfNow(): Promise<string> {
  return stampOf(await readCacheVersions(), 'bans')
}

async function invalidate(): Promise<void> {
  await database.sql`select invalidate_cache('bans')`
}

test('a page that one server has made is given to the others, until its cache is invalidated', async () => {
  const [one, two] = [await server(), await server()]
  expect(await get(one, '/page')).toBeUndefined()
  await set(one, '/page', 'made')
  for (const handler of [one, two, await server()]) expect(await get(handler, '/page')).toBe('made')
  await invalidate()
  for (const handler of [one, two]) expect(await get(handler, '/page')).toBeUndefined()
  await set(two, '/page', 'made anew')
  for (const handler of [one, two]) expect(await get(handler, '/page')).toBe('made anew')
})

test('a page that a server has made or has fetched once costs no command', async () => {
  const [one, two] = [await server(), await server()]
  await get(one, '/once')
  await set(one, '/once', 'made')
  expect(await get(two, '/once')).toBe('made')
  const client = await createClient({ url: redis.url }).connect()
  const commands = async () =>
    Number((await client.info('stats')).match(/total_commands_processed:(\d+)/)?.[1])
  const before = await commands()
  for (const handler of [one, two, one, two]) expect(await get(handler, '/once')).toBe('made')
  // The question itself is a command.
  expect((await commands()) - before).toBe(1)
  client.destroy()
})

test('a page is not given to a server of another build', async () => {
  const one = await server('one')
  await get(one, '/build')
  await set(one, '/build', 'of the first')
  expect(await get(await server('two'), '/build')).toBeUndefined()
})

test('a server without a build shares nothing', async () => {
  const without = await server('')
  await get(without, '/without')
  await set(without, '/without', 'made')
  expect(await get(await server(''), '/without')).toBeUndefined()
})

test('a page that an invalidation has overtaken does not take the place of a newer one', async () => {
  const older = await stampOfNow()
  await invalidate()
  await set(await server(), '/overtaken', 'newer', { tags: await stampOfNow() })
  await set(await server(), '/overtaken', 'older', { tags: older })
  expect(await get(await server(), '/overtaken')).toBe('newer')
})

test('a page is given no longer than it may live', async () => {
  const one = await server()
  await get(one, '/short')
  await set(one, '/short', 'made', { revalidate: 1 })
  const two = await server()
  expect(await get(two, '/short')).toBe('made')
  await expect.poll(() => get(two, '/short'), { timeout: 5000 }).toBeUndefined()
})

test('a page with a tag that names no cache is not given to the server that has revalidated it since', async () => {
  const [one, two] = [await server(), await server()]
  await get(one, '/tagged')
  await set(one, '/tagged', 'made', { tags: 'posts', revalidate: false })
  expect(await get(two, '/tagged')).toBe('made')
  await two.revalidateTag(['posts'])
  expect(await get(two, '/tagged')).toBeUndefined()
})

test('what fetch was answered is given to the others, until its cache is invalidated', async () => {
  const [one, two] = [await server(), await server()]
  const context = { kind: 'FETCH' as never, tags: ['bans'] }
  const data = { headers: {}, body: 'answer', url: '', status: 200 }
  const ask = async (handler: CacheHandler) =>
    ((await handler.get('a1b2', context))?.value as { data: typeof data } | undefined)?.data
  await one.get('a1b2', context)
  await one.set(
    'a1b2',
    { kind: 'FETCH' as never, data, revalidate: 900 },
    { fetchCache: true, tags: ['bans'] },
  )
  expect(await ask(two)).toEqual(data)
  await invalidate()
  for (const handler of [one, two]) expect(await ask(handler)).toBeUndefined()
})
