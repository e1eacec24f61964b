import { beforeEach, expect, test } from 'vitest'
import { cached } from './cached.ts'
import type { CachedEvent } from './event.ts'
import { chosen } from './stores/default.ts'
import { memoryStore } from './stores/memory.ts'

beforeEach(() => {
  chosen.store = memoryStore()
})

const forever = { ttlSeconds: 3600 }

function gate<T>() {
  let open: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

test('loads on a miss and answers the next call from the store', async () => {
  const events: CachedEvent['type'][] = []
  const report = (event: CachedEvent) => events.push(event.type)
  const options = { ...forever, report }
  expect(await cached('k', () => 1, options)).toBe(1)
  expect(await cached('k', () => 2, options)).toBe(1)
  expect(events).toEqual(['miss', 'hit'])
})

test.each([
  ['null', null],
  ['undefined', undefined],
  ['Date', new Date(12345)],
  ['Map', new Map<unknown, unknown>([['a', new Set([1n, 2n])]])],
  ['bigint', 2n ** 80n],
  ['bytes', new Uint8Array([0, 255, 7])],
  ['nested', { list: [undefined, null, Number.NaN, -0], 'odd key': { deep: new Date(0) } }],
  ['an empty string', ''],
])('%s comes back as it was', async (_, value) => {
  await cached('k', () => value, forever)
  expect(await cached<unknown>('k', () => 'not loaded again', forever)).toEqual(value)
})

test('returns a copy to each caller', async () => {
  const [one, two] = await Promise.all([
    cached('k', () => ({ list: [1] }), forever),
    cached('k', () => ({ list: [1] }), forever),
  ])
  one.list.push(2)
  expect(two.list).toEqual([1])
  expect(await cached('k', () => ({ list: [3] }), forever)).toEqual({ list: [1] })
})

test('loads once for concurrent misses of one key', async () => {
  const started = gate<void>()
  const ready = gate<string>()
  let loads = 0
  const load = () => {
    loads += 1
    started.open()
    return ready.passed
  }
  const calls = Array.from({ length: 200 }, () => cached('k', load, forever))
  await started.passed
  ready.open('value')
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['value']))
  expect(loads).toBe(1)
})

test('a load that fails is told to all who wait, and nothing is stored', async () => {
  const fail = async () => {
    throw new Error('no data')
  }
  const calls = [cached('k', fail, forever), cached('k', fail, forever)]
  for (const call of calls) await expect(call).rejects.toThrow('no data')
  expect(await cached('k', () => 'data', forever)).toBe('data')
})

test('a value that would not come back as it was is refused', async () => {
  class Point {
    x = 1
  }
  await expect(cached('k', () => new Point(), forever)).rejects.toMatchObject({ code: 'unstorable-value' })
  await expect(cached('k', () => ({ call: () => {} }), forever)).rejects.toThrow(
    'The value of "k" cannot be cached',
  )
})

test.each([[0], [-1], [Number.NaN], [Number.POSITIVE_INFINITY]])(
  'ttlSeconds %d is refused',
  async (ttlSeconds) => {
    const refused = cached('k', () => 1, { ttlSeconds })
    await expect(refused).rejects.toThrow('every entry must end')
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument' })
  },
)

test('a load under an old key never answers the new key', async () => {
  const ready = gate<string>()
  const slow = cached('bans:old', () => ready.passed, forever)
  expect(await cached('bans:new', () => 'new data', forever)).toBe('new data')
  ready.open('old data')
  await slow
  expect(await cached('bans:new', () => 'not loaded again', forever)).toBe('new data')
})

test('the memory store keeps within its bytes and the entries used last', async () => {
  const store = memoryStore(10_000)
  for (let i = 0; i < 100; i += 1) await store.set(`key${i}`, 'x'.repeat(500), 60)
  const kept = await Promise.all(Array.from({ length: 100 }, (_, i) => store.get(`key${i}`)))
  expect(kept.filter((text) => text !== undefined).length).toBeLessThanOrEqual(8)
  expect(kept.at(-1)).toBeDefined()
})

test('the memory store forgets an entry when its time is over', async () => {
  const store = memoryStore()
  await store.set('k', 'v', 0.01)
  await expect.poll(() => store.get('k')).toBeUndefined()
})
