import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cached } from '../../lib/values/cached.ts'
import type { CachedEvent } from '../../lib/values/event.ts'
import { redisStore } from '../../lib/values/redis/store.ts'
import type { Store } from '../../lib/values/stores/contract.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'

const token = 'token-of-the-test'
const namespace = `herd-${process.pid}`

let redis: Redis
let rest: Rest

beforeAll(async () => {
  redis = await startRedis()
  rest = await startRest({ redisUrl: redis.url, token })
})

afterAll(async () => {
  await rest?.stop()
  await redis?.stop()
})

function gate<T>() {
  let open: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

/** Each store keeps its own loads under way, as the process of each server does. */
const servers: [string, () => Store][] = [
  ['REDIS_URL', () => redisStore({ url: redis.url, namespace, budgetMilliseconds: 5000 })],
  ['Upstash REST', () => redisStore({ url: rest.url, token, namespace, budgetMilliseconds: 5000 })],
]

describe.each(servers)('%s', (name, server) => {
  test('200 requests on two servers after an invalidation make one load', async () => {
    const stores = [server(), server()]
    for (let round = 0; round < 5; round += 1) {
      const key = `${name}:herd:${round}`
      const events: CachedEvent['type'][] = []
      const started = gate<void>()
      const ready = gate<string>()
      const load = () => {
        started.open()
        return ready.passed
      }
      const report = ({ type }: CachedEvent) => events.push(type)
      const calls = Array.from({ length: 200 }, (_, i) =>
        cached(key, load, { ttlSeconds: 60, store: stores[i % 2] as Store, report }),
      )
      await started.passed
      ready.open('value')
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['value']))
      expect(events.filter((type) => type === 'miss')).toHaveLength(1)
      expect(events.filter((type) => type === 'join').length).toBeGreaterThan(100)
    }
  })

  test('a load that fails is tried by the other server, and each tells its own', async () => {
    const [one, two] = [server(), server()]
    const key = `${name}:fails`
    const started = gate<void>()
    const ready = gate<string>()
    const failing = cached(
      key,
      async () => {
        started.open()
        throw new Error(await ready.passed)
      },
      { ttlSeconds: 60, store: one },
    )
    await started.passed
    const other = cached(key, () => 'of the other', { ttlSeconds: 60, store: two })
    ready.open('no data')
    await expect(failing).rejects.toThrow('no data')
    expect(await other).toBe('of the other')
  })

  test('a slow holder keeps nobody longer than its claim', async () => {
    const [slow, other] = [server(), server()]
    const key = `${name}:slow`
    const started = gate<void>()
    const ready = gate<string>()
    const held = cached(
      key,
      () => {
        started.open()
        return ready.passed
      },
      { ttlSeconds: 60, store: slow, claimSeconds: 0.5 },
    )
    await started.passed
    const began = performance.now()
    const load = () => 'of the other'
    expect(await cached(key, load, { ttlSeconds: 60, store: other, claimSeconds: 0.5 })).toBe('of the other')
    expect(performance.now() - began).toBeLessThan(1000)
    ready.open('of the slow one')
    expect(await held).toBe('of the slow one')
  })

  test('servers that share nothing but the claim end it themselves', async () => {
    const store = server()
    const key = `${name}:released`
    await cached(key, () => 'value', { ttlSeconds: 60, store })
    const take = async () => (await store.claims?.take(key, 'next', 1000))?.taken
    await expect.poll(take).toBe(true)
  })
})

test('a holder that is killed keeps nobody longer than its claim, and one of the others loads', async () => {
  const key = 'killed'
  const holder = startHolder(key, '1')
  await saying(holder, 'loading')
  // The others come while it still loads.
  const stores = [store(), store()]
  let loads = 0
  const began = performance.now()
  const calls = stores.map((store) =>
    cached(
      key,
      () => {
        loads += 1
        return 'of another'
      },
      { ttlSeconds: 60, claimSeconds: 1, store },
    ),
  )
  holder.kill('SIGKILL')
  expect(await Promise.all(calls)).toEqual(['of another', 'of another'])
  expect(performance.now() - began).toBeLessThan(1500)
  expect(loads).toBe(1)
})

test('what a holder in another process stores is what the others get', async () => {
  const key = 'stored'
  const holder = startHolder(key, '5', '200')
  const exited = once(holder, 'exit')
  await saying(holder, 'loading')
  const events: CachedEvent['type'][] = []
  const report = ({ type }: CachedEvent) => events.push(type)
  expect(await cached(key, () => 'of another', { ttlSeconds: 60, store: store(), report })).toBe(
    'of the holder',
  )
  expect(events).toEqual(['join'])
  await exited
})

const store = () => redisStore({ url: redis.url, namespace, codeVersion: 'one', budgetMilliseconds: 5000 })

function startHolder(...args: string[]): ChildProcess {
  const program = fileURLToPath(new URL('./holder.ts', import.meta.url))
  const env = {
    ...process.env,
    UPSTASH_REDIS_REST_URL: '',
    UPSTASH_REDIS_REST_TOKEN: '',
    REDIS_URL: redis.url,
    CACHE_VERSIONS_NAMESPACE: namespace,
    CACHE_VERSIONS_CODE_VERSION: 'one',
    CACHE_VERSIONS_REDIS_BUDGET_MS: '5000',
  }
  return spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function saying(child: ChildProcess, line: string): Promise<void> {
  if (!child.stdout) throw new Error('it has no output')
  for await (const said of createInterface({ input: child.stdout })) if (said === line) return
  throw new Error(`it never said "${line}"`)
}
