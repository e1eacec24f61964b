import { afterAll, beforeAll, expect, test } from 'vitest'
import { now } from '../base/clock.ts'
import type { CacheEntry } from '../internals/types.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import handler from './use-cache.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
})
afterAll(() => database.drop())

function entry(value: ReadableStream<Uint8Array>, tags: string[] = ['bans']): CacheEntry {
  return { value, tags, timestamp: now(), stale: 300, revalidate: 900, expire: 3600 }
}

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

async function store(key: string, value: ReadableStream<Uint8Array>, tags?: string[]): Promise<void> {
  expect(await handler.get(key, [])).toBeUndefined()
  await handler.set(key, Promise.resolve(entry(value, tags)))
}

async function read(key: string): Promise<Buffer | undefined> {
  const found = await handler.get(key, [])
  return found && Buffer.from(await new Response(found.value).arrayBuffer())
}

for (const [what, bytes] of Object.entries({
  'an empty value': new Uint8Array(),
  'a binary value': Uint8Array.from({ length: 256 }, (_, i) => i),
  'a value of 20 MB': new Uint8Array(20 * 1024 * 1024).fill(7),
})) {
  test(`${what} comes back as it was, each time, until its cache is invalidated`, async () => {
    await store(what, streamOf(bytes.slice(0, 100), bytes.slice(100)))
    for (const _ of [1, 2]) expect(Buffer.compare((await read(what)) ?? Buffer.of(1), bytes)).toBe(0)
    await database.sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
    expect(await read(what)).toBeUndefined()
  })
}

test('a stream that breaks leaves nothing behind', async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(Uint8Array.of(1, 2, 3))
      controller.error(new Error('half way'))
    },
  })
  await store('broken', broken)
  expect(await read('broken')).toBeUndefined()
})

test('a load that fails leaves the key free for the next', async () => {
  await expect(handler.set('failed', Promise.reject(new Error('no entry')))).rejects.toThrow('no entry')
  await store('failed', streamOf(Uint8Array.of(1)))
  expect(await read('failed')).toEqual(Buffer.of(1))
})

test('a value loaded before an invalidation is not served, though it is stored after it', async () => {
  expect(await handler.get('overtaken', [])).toBeUndefined()
  const overtaken = entry(streamOf(Uint8Array.of(1)))
  await database.sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
  await handler.get('another', [])
  await handler.set('overtaken', Promise.resolve(overtaken))
  expect(await read('overtaken')).toBeUndefined()
})
