import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cached } from '../../lib/values/cached.ts'
import { redisStore } from '../../lib/values/redis/store.ts'
import type { Store } from '../../lib/values/stores/contract.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'
import { makeBombs } from './bombs.ts'
import { type Chaos, startChaos, type Trouble } from './chaos.ts'
import { keepWarnings } from './warnings.ts'

const token = 'token-of-the-test'
const namespace = `trouble-${process.pid}`
const budgetMilliseconds = 150
/** What a busy machine adds to a timer. */
const slack = 150

let redis: Redis
let rest: Rest
let chaos: Chaos
let kept: ReturnType<typeof keepWarnings>

afterEach(async () => {
  kept.end()
  await chaos.stop()
})

let keys = 0
const newKey = () => `key:${keys++}`
const options = (store: Store) => ({ ttlSeconds: 60, claimSeconds: 1, store })

/** Asks for new values one after another and at once, and gives how long the longest answer took. */
async function askForNewValues(store: Store): Promise<number> {
  let longest = 0
  const ask = async (value: string) => {
    const began = performance.now()
    expect(await cached(newKey(), () => value, options(store))).toBe(value)
    longest = Math.max(longest, performance.now() - began)
  }
  for (let i = 0; i < 10; i += 1) await ask(`one by one ${i}`)
  await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`at once ${i}`)))
  return longest
}

async function storesAgain(store: Store, other: Store): Promise<boolean> {
  const key = newKey()
  await cached(key, () => 'stored', options(store))
  return (await other.get(key)) !== undefined
}

/** Answers that are none of ours are told of once more, as entries that cannot be read. */
const warningsOfOutages = () =>
  kept.warnings.filter((warning) => /^\[cache-versions\] The store "(redis|upstash)" /.test(warning))

const http = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`

const anyTransport: [string, Trouble][] = [
  ['refused', 'refused'],
  ['black-holed', 'black-holed'],
  ['slow', { slowMilliseconds: 1000 }],
  ['cut before a reply', { cutAfterBytes: 0 }],
  ['cut in the middle of a reply', { cutAfterBytes: 3 }],
  ['answering with noise', { answer: '\u0000\u0001 noise \r\n'.repeat(20) }],
]

const troubles: [string, [string, Trouble][]][] = [
  [
    'REDIS_URL',
    [
      ...anyTransport,
      ['answering with somebody else’s values', { answer: '$5\r\nwrong\r\n' }],
      ['answering NOSCRIPT', { answer: '-NOSCRIPT No matching script.\r\n' }],
      ['loading its data', { answer: '-LOADING Redis is loading the dataset in memory\r\n' }],
      ['answering more than was asked', { answer: '+OK\r\n+OK\r\n+OK\r\n' }],
    ],
  ],
  [
    'Upstash REST',
    [
      ...anyTransport,
      ['answering with a page', { answer: http('200 OK', '<html>') }],
      ['answering with other JSON', { answer: http('200 OK', '{"result":"wrong"}') }],
      ['answering NOSCRIPT', { answer: http('400 Bad Request', '{"error":"NOSCRIPT No matching script."}') }],
      ['not accepting the token', { answer: http('401 Unauthorized', '{"error":"Unauthorized"}') }],
      ['answering 503', { answer: http('503 Service Unavailable', '') }],
      ['cut late', { cutAfterBytes: 150 }],
    ],
  ],
]

beforeAll(async () => {
  redis = await startRedis({ own: true })
  console.log(`Redis: ${redis.label}`)
  rest = await startRest({ redisUrl: redis.url, token })
})

afterAll(async () => {
  await rest?.stop()
  await redis?.stop()
})

describe.each(troubles)('%s', (transport, list) => {
  const direct = () =>
    transport === 'REDIS_URL'
      ? redisStore({ url: redis.url, namespace, budgetMilliseconds: 2000 })
      : redisStore({ url: rest.url, token, namespace, budgetMilliseconds: 2000 })

  test.each(list)(
    '%s: answers fresh within the budget, warns once, and stores again after',
    async (_, trouble) => {
      kept = keepWarnings()
      const target = new URL(transport === 'REDIS_URL' ? redis.url : rest.url)
      chaos = await startChaos(Number(target.port))
      target.port = String(chaos.port)
      const store = redisStore({ url: target.href, token, namespace, budgetMilliseconds })
      await expect.poll(() => storesAgain(store, direct()), { timeout: 5000 }).toBe(true)

      await chaos.cause(trouble)
      expect(await askForNewValues(store)).toBeLessThan(budgetMilliseconds + slack)
      expect(warningsOfOutages()).toHaveLength(1)
      expect(kept.warnings.join()).not.toContain(token)

      await chaos.cause(undefined)
      await expect.poll(() => storesAgain(store, direct()), { timeout: 10_000 }).toBe(true)
      expect(warningsOfOutages()).toHaveLength(1)
    },
  )
})

test('what was asked during an outage is kept in memory meanwhile', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  const store = redisStore({ url: `redis://127.0.0.1:${chaos.port}`, namespace, budgetMilliseconds })
  await chaos.cause('refused')
  const key = newKey()
  await cached(key, () => 'loaded', options(store))
  expect(await cached(key, () => 'loaded again', options(store))).toBe('loaded')
})

test('a full Redis is still read, and is written to when it has room', async () => {
  kept = keepWarnings()
  const full = await startRedis({
    own: true,
    args: ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'],
  })
  chaos = await startChaos(Number(new URL(full.url).port))
  const store = redisStore({
    url: `redis://127.0.0.1:${chaos.port}`,
    namespace,
    budgetMilliseconds: 1000,
    maxRequestBytes: 1024 * 1024,
  })
  const other = redisStore({ url: full.url, namespace, budgetMilliseconds: 1000 })
  await cached('first', () => 'stored', options(other))
  // The emulation is never full, so it is made to say what a full one says.
  if (full.kind === 'emulation') await chaos.cause({ refusesToSet: 'OOM command not allowed' })
  const noise = () =>
    Buffer.from(Array.from({ length: 90_000 }, () => Math.random() * 256)).toString('base64')
  const filling = Array.from({ length: 30 }, () => newKey())
  for (const key of filling) await cached(key, noise, options(store))
  expect(kept.warnings).toHaveLength(1)
  expect(kept.warnings[0]).toMatch(/takes no values \(.*OOM command not allowed/)

  expect(await other.get('first')).toBeDefined()
  expect(await cached('first', () => 'loaded again', options(store))).toBe('stored')
  expect(await cached(newKey(), () => 'new', options(store))).toBe('new')
  const client = await createClient({ url: full.url }).connect()
  await client.flushDb()
  client.destroy()
  await chaos.cause(undefined)
  await expect.poll(() => storesAgain(store, other), { timeout: 10_000 }).toBe(true)
  expect(kept.warnings).toHaveLength(1)
  await full.stop()
})

test('a wrong password is told without it', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  const closed = await startRedis({ own: true })
  const admin = redisStore({ url: closed.url, namespace })
  await admin.set('x', 'y', 60)
  const store = redisStore({ url: closed.url.replace('//', '//user:secret@'), namespace })
  expect(await cached(newKey(), () => 'new', options(store))).toBe('new')
  expect(kept.warnings).toHaveLength(1)
  expect(kept.warnings[0]).toContain('WRONGPASS')
  expect(kept.warnings[0]).not.toContain('secret')
  await closed.stop()
})

test('a database that Redis refuses is not mistaken for another', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  const [refused, third] = ['/99', '/3'].map((path) => redisStore({ url: redis.url + path, namespace }))
  await redisStore({ url: redis.url, namespace }).set('in the first', 'of the first', 60)
  await expect(refused?.get('in the first')).rejects.toThrow('refuses the connection: ERR')
  expect(await third?.get('in the first')).toBeUndefined()
  await third?.set('in the first', 'of the third', 60)
  expect(await third?.get('in the first')).toBe('of the third')
})

test.each(['REDIS_URL', 'Upstash REST'])(
  '%s: a set that is cut off is never taken for a success',
  async (transport) => {
    kept = keepWarnings()
    const target = new URL(transport === 'REDIS_URL' ? redis.url : rest.url)
    chaos = await startChaos(Number(target.port))
    target.port = String(chaos.port)
    for (const trouble of ['black-holed', 'refused', { cutAfterBytes: 3 }] as const) {
      await chaos.cause(trouble)
      const set = redisStore({ url: target.href, token, namespace }).set(newKey(), 'text', 60)
      await expect(set).rejects.toThrow('Redis at')
    }
  },
)

test('what has arrived while this process was busy is no late answer', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  const store = redisStore({ url: redis.url, namespace, budgetMilliseconds })
  const key = newKey()
  await expect.poll(() => storesAgain(store, store), { timeout: 5000 }).toBe(true)
  await cached(key, () => 'stored', options(store))
  const asked = cached(key, () => 'loaded again', options(store))
  // The command is sent in one of these, none of which lets anything arrive.
  for (let i = 0; i < 20; i += 1) await new Promise<void>((resolve) => process.nextTick(resolve))
  for (const end = performance.now() + 2 * budgetMilliseconds; performance.now() < end; );
  expect(await asked).toBe('stored')
  expect(kept.warnings).toEqual([])
})

const transports = ['REDIS_URL', 'Upstash REST'] as const
type Transport = (typeof transports)[number]
const bombs = makeBombs()
const urlOf = (transport: Transport) => (transport === 'REDIS_URL' ? redis.url : rest.url)

test.each(transports)(
  '%s: an entry of somebody else is loaded and written anew, and is no outage',
  async (transport) => {
    kept = keepWarnings()
    chaos = await startChaos(Number(new URL(redis.url).port))
    const client = await createClient({ url: redis.url }).connect()
    const url = urlOf(transport)
    // Less than the first of the bombs would take.
    const store = redisStore({ url, token, namespace, codeVersion: 'x', budgetMilliseconds: 500 })
    await expect.poll(() => storesAgain(store, store), { timeout: 5000 }).toBe(true)
    for (const text of ['of somebody else', '7', '~AAAA', '=[{"half":', '=', ...bombs, 'a list']) {
      const key = newKey()
      const name = `${namespace}:1:x:entry:${key}`
      if (text === 'a list') await client.rPush(name, 'x')
      else await client.set(name, text, { expiration: { type: 'EX', value: 60 } })
      expect(await cached(key, () => 'loaded', options(store))).toBe('loaded')
      expect(await cached(key, () => 'loaded again', options(store))).toBe('loaded')
      expect(await store.get(key)).toBe('j"loaded"')
    }
    expect(kept.warnings).toHaveLength(1)
    expect(kept.warnings[0]).toContain('cannot be read')
    client.destroy()
  },
)

test.each(transports)('%s: an entry that is longer than it may be is written anew', async (transport) => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  const client = await createClient({ url: redis.url }).connect()
  const maxRequestBytes = 100_000
  const limits = { token, namespace, codeVersion: 'x', budgetMilliseconds: 2000, maxRequestBytes }
  const store = redisStore({ url: urlOf(transport), ...limits })
  await expect.poll(() => storesAgain(store, store), { timeout: 5000 }).toBe(true)
  const key = newKey()
  const tooLong = `=j"${'x'.repeat(1_000_000)}"`
  await client.set(`${namespace}:1:x:entry:${key}`, tooLong, { expiration: { type: 'EX', value: 60 } })
  expect(await cached(key, () => 'loaded', options(store))).toBe('loaded')
  expect(await store.get(key)).toBe('j"loaded"')
  expect(warningsOfOutages()).toEqual([])
  client.destroy()
})

describe.each(transports)('%s, where a megabyte takes a second', (transport) => {
  const narrow = { bytesPerMillisecond: 1000 }
  const budgetMilliseconds = 400
  const noise = Buffer.from(Array.from({ length: 500_000 }, () => Math.random() * 256)).toString('base64')

  /** A store behind a narrow way, and one with a few small entries that has all the way for itself. */
  async function stores() {
    kept = keepWarnings()
    const target = new URL(urlOf(transport))
    chaos = await startChaos(Number(target.port))
    await chaos.cause(narrow)
    target.port = String(chaos.port)
    const direct = redisStore({ url: urlOf(transport), token, namespace, budgetMilliseconds: 2000 })
    const small = Array.from({ length: 5 }, () => newKey())
    for (const key of small) await cached(key, () => 'stored', options(direct))
    const store = redisStore({ url: target.href, token, namespace, budgetMilliseconds })
    await expect.poll(() => storesAgain(store, direct), { timeout: 5000 }).toBe(true)
    return { direct, store, small }
  }

  /** Asks for all small entries again and again until the work is done, and gives what was answered. */
  async function answersMeanwhile(
    store: Store,
    small: string[],
    work: Promise<unknown>,
  ): Promise<Set<string>> {
    const answers = new Set<string>()
    let running = true
    const done = work.then(() => {
      running = false
    })
    while (running) {
      const asked = small.map((key) => cached(key, () => 'loaded again', options(store)))
      for (const answer of await Promise.all(asked)) answers.add(answer)
    }
    await done
    return answers
  }

  test('a large entry that arrives late is a miss, and every other answer comes', async () => {
    const { direct, store, small } = await stores()
    const key = newKey()
    await cached(key, () => noise, options(direct))
    kept.warnings.length = 0
    const began = performance.now()
    const large = cached(key, () => 'loaded', options(store))
    expect(await answersMeanwhile(store, small, large)).toEqual(new Set(['stored']))
    expect(await large).toBe('loaded')
    expect(performance.now() - began).toBeLessThan(2 * budgetMilliseconds)
    expect(kept.warnings).toHaveLength(1)
    expect(kept.warnings[0]).toContain(`The entry "${key}" is large and does not pass`)
  })

  test('a large entry that is sent late stays in memory, and every other answer comes', async () => {
    const { store, small } = await stores()
    const key = newKey()
    kept.warnings.length = 0
    const large = cached(key, () => noise, options(store))
    expect(await answersMeanwhile(store, small, large)).toEqual(new Set(['stored']))
    expect(await large).toBe(noise)
    expect(await cached(key, () => 'loaded again', options(store))).toBe(noise)
    // The call does not wait until all of the budget is over: it has used some of it before.
    await expect.poll(() => kept.warnings).toHaveLength(1)
    expect(kept.warnings[0]).toContain(`The entry "${key}" is large and does not pass`)
  })
})

test('all that a call asks of a slow Redis is within one budget', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(redis.url).port))
  await chaos.cause({ slowMilliseconds: 400 })
  const url = `redis://127.0.0.1:${chaos.port}`
  const store = redisStore({ url, namespace, budgetMilliseconds: 1000 })
  const key = newKey()
  const began = performance.now()
  // It is looked for, its claim is taken, and it is stored: 400 ms each.
  expect(await cached(key, () => 'new', options(store))).toBe('new')
  expect(performance.now() - began).toBeLessThan(1000 + slack)
  // What was not waited for goes on, and the answers come in order.
  await expect.poll(() => store.get(key)).toBeDefined()
})

test('an entry over the limit is kept in memory only, with one warning', async () => {
  kept = keepWarnings()
  chaos = await startChaos(Number(new URL(rest.url).port))
  const store = redisStore({
    url: rest.url,
    token,
    namespace,
    budgetMilliseconds: 2000,
    maxRequestBytes: 50_000,
  })
  const noise = Array.from({ length: 100_000 }, () => String.fromCharCode(33 + Math.random() * 90)).join('')
  const [one, two] = [newKey(), newKey()]
  for (const key of [one, two]) await cached(key, () => noise, options(store))
  expect(await cached(one, () => 'loaded again', options(store))).toBe(noise)
  expect(await store.get(one)).toBeUndefined()
  expect(kept.warnings).toHaveLength(1)
  expect(kept.warnings[0]).toContain('CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES')
  await cached(newKey(), () => 'small', options(store))
  expect(kept.warnings).toHaveLength(1)
})
