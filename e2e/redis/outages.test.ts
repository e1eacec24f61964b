import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cached } from '../../lib/values/cached.ts'
import { redisStore } from '../../lib/values/redis/store.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'
import { startChaos, type Trouble } from './chaos.ts'
import { keepWarnings } from './warnings.ts'

const token = 'token-of-the-test'
let redis: Redis
let rest: Rest

beforeAll(async () => {
  redis = await startRedis({ own: true })
  rest = await startRest({ redisUrl: redis.url, token })
})

afterAll(async () => {
  await rest?.stop()
  await redis?.stop()
})

const troubles: Trouble[] = [
  'refused',
  'black-holed',
  { slowMilliseconds: 1000 },
  { cutAfterBytes: 3 },
  { cutAfterBytes: 40 },
  { answer: '$7\r\n=["old"]\r\n' },
  { answer: 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n[{"result":"=1"}' },
]

test.each(['REDIS_URL', 'Upstash REST'])(
  '%s: 20 outages under load give no wrong value and fail no request',
  { timeout: 30_000 },
  async (transport) => {
    const kept = keepWarnings()
    const target = new URL(transport === 'REDIS_URL' ? redis.url : rest.url)
    const chaos = await startChaos(Number(target.port))
    target.port = String(chaos.port)
    const namespace = `outages-${transport}`
    const stores = [0, 1].map(() => redisStore({ url: target.href, token, namespace, codeVersion: 'x' }))

    let version = 0
    let running = true
    const figures = { requests: 0, wrong: 0, failed: 0 }
    const work = async (worker: number) => {
      const store = stores[worker % 2]
      while (running && store) {
        // The version at the start of a request decides what it may see.
        const seen = version
        const name = `thing ${figures.requests % 7}`
        const load = async () => ({ name, seen })
        try {
          const value = await cached(`${name}:${seen}`, load, { ttlSeconds: 60, claimSeconds: 1, store })
          if (value.seen !== seen || value.name !== name) figures.wrong += 1
        } catch {
          figures.failed += 1
        }
        figures.requests += 1
        await delay(1)
      }
    }
    const workers = Array.from({ length: 8 }, (_, i) => work(i))
    const invalidating = setInterval(() => {
      version += 1
    }, 10)
    for (let outage = 0; outage < 20; outage += 1) {
      await chaos.cause(troubles[outage % troubles.length])
      await delay(100)
      await chaos.cause(undefined)
      await delay(100)
    }
    running = false
    clearInterval(invalidating)
    await Promise.all(workers)
    await chaos.stop()
    kept.end()
    expect(figures).toMatchObject({ wrong: 0, failed: 0 })
    expect(figures.requests).toBeGreaterThan(500)
    expect(kept.warnings.length).toBeGreaterThan(0)
    expect(kept.warnings.length).toBeLessThanOrEqual(2 * 20)
  },
)

test('each key expires: after 10 000 invalidations neither the keys nor the memory have grown', async () => {
  const client = await createClient({ url: redis.url }).connect()
  await client.flushDb()
  const store = redisStore({ url: redis.url, budgetMilliseconds: 5000 })
  const bytes: number[] = []
  let version = 0
  for (let round = 0; round < 4; round += 1) {
    for (const end = version + 2500; version < end; ) {
      const versions = Array.from({ length: 100 }, () => version++)
      const ask = (v: number) =>
        cached(`k:${v}`, () => `value ${v}`, { ttlSeconds: 0.2, claimSeconds: 0.2, store })
      await Promise.all(versions.map(ask))
    }
    for await (const keys of client.scanIterator({ COUNT: 1000 })) {
      const ends = await Promise.all(keys.map((key) => client.pTTL(key)))
      expect(ends).not.toContain(-1)
    }
    // Redis removes by itself what has expired.
    await expect.poll(() => client.dbSize(), { timeout: 5000 }).toBeLessThan(50)
    bytes.push(Number((await client.info('memory')).match(/used_memory:(\d+)/)?.[1]))
  }
  client.destroy()
  expect(bytes.at(-1)).toBeLessThanOrEqual(1.1 * (bytes[0] ?? 0))
})
