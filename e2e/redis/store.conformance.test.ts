import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cached } from '../../lib/values/cached.ts'
import { type RedisStoreOptions, redisStore } from '../../lib/values/redis/store.ts'
import type { Store } from '../../lib/values/stores/contract.ts'
import { memoryStore } from '../../lib/values/stores/memory.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'

let redis: Redis
let rest: Rest
const token = 'token-of-the-test'
const own = { namespace: `conformance-${process.pid}`, budgetMilliseconds: 2000 }

beforeAll(async () => {
  redis = await startRedis()
  console.log(`Redis: ${redis.label}`)
  rest = await startRest({ redisUrl: redis.url, token })
})

afterAll(async () => {
  await rest?.stop()
  await redis?.stop()
})

const onRest = (options: Partial<RedisStoreOptions>) =>
  redisStore({ url: rest.url, token, ...own, ...options })
const onRedis = (options: Partial<RedisStoreOptions>) => redisStore({ url: redis.url, ...own, ...options })

type Make = (options?: Partial<RedisStoreOptions>) => Store

describe.each<[string, Make]>([
  ['memory', () => memoryStore()],
  ['Upstash REST, reads pipelined', (options) => onRest({ autoPipelining: true, ...options })],
  ['Upstash REST, one by one', (options) => onRest({ autoPipelining: false, ...options })],
  ['REDIS_URL, reads pipelined', (options) => onRedis({ autoPipelining: true, ...options })],
  ['REDIS_URL, one by one', (options) => onRedis({ autoPipelining: false, ...options })],
])('%s', (name, make) => {
  const k = (key: string) => `${name}:${key}`

  test('gives back the text that was set, whatever it holds', async () => {
    const store = make()
    const texts = [
      '',
      '0',
      'null',
      '"x"',
      '{"a":1}',
      'OK',
      '=',
      '~',
      '\ufeff 日本 🙂 \u0000\r\n$5\r\n',
      'a'.repeat(50_000),
    ]
    for (const [i, text] of texts.entries()) await store.set(k(`text${i}`), text, 60)
    expect(await Promise.all(texts.map((_, i) => store.get(k(`text${i}`))))).toEqual(texts)
  })

  test('knows nothing of a key that was never set', async () => {
    expect(await make().get(k('never'))).toBeUndefined()
  })

  test('keeps the last of two texts of one key', async () => {
    const store = make()
    await store.set(k('twice'), 'one', 60)
    await store.set(k('twice'), 'two', 60)
    expect(await store.get(k('twice'))).toBe('two')
  })

  test('tells any two keys apart, however long and odd', async () => {
    const store = make()
    const keys = ['', ' ', 'ü', 'u', 'a\nb', 'a\n', '\ud800', '\ud801', 'x'.repeat(5000), 'x'.repeat(5001)]
    for (const [i, key] of keys.entries()) await store.set(k(key), String(i), 60)
    expect(await Promise.all(keys.map((key) => store.get(k(key))))).toEqual(keys.map((_, i) => String(i)))
  })

  test('forgets an entry when its time is over', async () => {
    const store = make()
    await store.set(k('short'), 'text', 0.05)
    await expect.poll(() => store.get(k('short')), { interval: 10 }).toBeUndefined()
  })

  test('answers many at once, each with its own', async () => {
    const store = make()
    const numbers = Array.from({ length: 300 }, (_, i) => i)
    await Promise.all(numbers.map((i) => store.set(k(`n${i}`), `text ${i}`, 60)))
    const texts = await Promise.all(numbers.map((i) => store.get(k(`n${i}`))))
    expect(texts).toEqual(numbers.map((i) => `text ${i}`))
  })

  test('keeps large texts whole, whether they compress or not', async () => {
    const store = make()
    const noise = Array.from({ length: 40_000 }, (_, i) => String.fromCharCode(32 + ((i * 7919) % 95))).join(
      '',
    )
    const random = Buffer.from(Array.from({ length: 100_000 }, () => Math.random() * 256)).toString('base64')
    const texts = ['é'.repeat(300_000), noise, random, 'a'.repeat(10_000_000), random.slice(0, 32 * 1024 - 1)]
    for (const [i, text] of texts.entries()) {
      await store.set(k(`large${i}`), text, 60)
      expect(await store.get(k(`large${i}`))).toBe(text)
    }
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a number that looks like another', '1e3'],
    ['Date', new Date(12345)],
    ['Map', new Map<unknown, unknown>([['a', new Set([1n, 2n])]])],
    ['bigint', 2n ** 80n],
    ['bytes', new Uint8Array([0, 255, 7])],
    ['half a character', 'a\ud800b'],
    ['nested', { list: [undefined, null, Number.NaN, -0], 'odd key': { deep: new Date(0) } }],
  ])('cached() gets %s back as it was', async (what, value) => {
    const options = { ttlSeconds: 60, store: make() }
    await cached(k(`value ${what}`), () => value, options)
    expect(await cached<unknown>(k(`value ${what}`), () => 'not loaded again', options)).toEqual(value)
  })

  // The memory of a server is its own.
  if (name === 'memory') return

  describe('shared by servers', () => {
    test('gives the entries of one server to another', async () => {
      await make().set(k('shared'), 'text', 60)
      expect(await make().get(k('shared'))).toBe('text')
    })

    test('two builds never read each other', async () => {
      await make({ codeVersion: 'build-1' }).set(k('shape'), 'old', 60)
      expect(await make({ codeVersion: 'build-2' }).get(k('shape'))).toBeUndefined()
      expect(await make({ codeVersion: 'build-1', namespace: 'other' }).get(k('shape'))).toBeUndefined()
      expect(await make({ codeVersion: 'build-1' }).get(k('shape'))).toBe('old')
      await make({ codeVersion: 'a' }).set('entry:b', 'old', 60)
      expect(await make({ codeVersion: 'a:entry' }).get('b')).toBeUndefined()
    })

    test('gives a claim to one, until it is released', async () => {
      const { claims } = make()
      const key = k('claim')
      expect(await claims?.take(key, 'one', 5000)).toEqual({ taken: true, text: undefined })
      expect(await claims?.take(key, 'two', 5000)).toEqual({ taken: false, text: undefined })
      await claims?.release(key, 'two')
      expect(await claims?.take(key, 'two', 5000)).toMatchObject({ taken: false })
      await claims?.release(key, 'one')
      expect(await claims?.take(key, 'two', 5000)).toMatchObject({ taken: true })
      await claims?.release(key, 'two')
    })

    test('ends a claim that nobody releases', async () => {
      const { claims } = make()
      await claims?.take(k('dead'), 'one', 30)
      const take = async () => (await claims?.take(k('dead'), 'two', 5000))?.taken
      await expect.poll(take, { interval: 10 }).toBe(true)
      await claims?.release(k('dead'), 'one')
      expect(await claims?.take(k('dead'), 'three', 5000)).toMatchObject({ taken: false })
    })

    test('shows what the last holder stored to whoever takes the claim next', async () => {
      const store = make()
      await store.set(k('stored'), 'text', 60)
      expect(await store.claims?.take(k('stored'), 'one', 100)).toEqual({ taken: true, text: 'text' })
    })
  })
})
