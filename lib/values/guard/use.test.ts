import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cached } from '../cached.ts'
import { EntryUnreadable, type Store } from '../stores/contract.ts'
import { memoryStore } from '../stores/memory.ts'
import { nameOf } from '../stores/name.ts'
import { storeUse } from './use.ts'

const { warn } = console
let warnings: string[]

beforeEach(() => {
  warnings = []
  console.warn = (message: string) => void warnings.push(message)
})

afterEach(() => {
  console.warn = warn
})

/** A store of somebody else, that does this before it answers. */
function storeThat(first: () => Promise<unknown>, budgetMilliseconds?: number): Store {
  const memory = memoryStore()
  const after =
    <A extends unknown[], R>(answer: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      await first()
      return answer(...args)
    }
  return {
    name: 'custom',
    ...(budgetMilliseconds === undefined ? {} : { budgetMilliseconds }),
    get: after(memory.get),
    set: after(memory.set),
  }
}

async function millisecondsOf(work: Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work
  return performance.now() - began
}

test('all that a call asks of a slow store is within one budget', async () => {
  const store = storeThat(() => delay(100), 150)
  const call = cached('k', () => 'value', { ttlSeconds: 60, store })
  // Three questions of 100 ms each, were they waited for.
  expect(await millisecondsOf(call)).toBeLessThan(250)
  expect(await call).toBe('value')
})

test('a store that never answers is waited for once', async () => {
  const store = storeThat(() => new Promise(() => {}), 100)
  const ask = (key: string) => millisecondsOf(cached(key, () => 'value', { ttlSeconds: 60, store }))
  expect(await ask('one')).toBeLessThan(250)
  for (const key of ['two', 'three', 'four']) expect(await ask(key)).toBeLessThan(50)
  expect(warnings).toEqual([
    expect.stringContaining('The store "custom" does not answer as it must (no answer within'),
  ])
})

test('a store with a budget that throws is a miss, and is asked again when it is back', async () => {
  let broken = true
  const store = storeThat(async () => {
    if (broken) throw new Error('out of order')
  }, 100)
  expect(await cached('k', () => 'value', { ttlSeconds: 60, store })).toBe('value')
  expect(await cached('k', () => 'loaded again', { ttlSeconds: 60, store })).toBe('value')
  expect(warnings).toEqual([expect.stringContaining('(out of order)')])
  broken = false
  let keys = 0
  const isStored = async () => {
    keys += 1
    await cached(`new ${keys}`, () => 'value', { ttlSeconds: 60, store })
    return (await store.get(`new ${keys}`)) !== undefined
  }
  await expect.poll(isStored).toBe(true)
})

test('what a store without a budget throws reaches the caller', async () => {
  const store = storeThat(async () => {
    throw new Error('out of order')
  })
  await expect(cached('k', () => 'value', { ttlSeconds: 60, store })).rejects.toThrow('out of order')
})

/** Errors of the class that another copy of this package has. */
const OfAnotherCopy = class extends Error {
  override readonly name = 'EntryUnreadable'
}

test.each([
  ['', EntryUnreadable, 100],
  [' that has another copy of this package', OfAnotherCopy, 100],
  [' without a budget', EntryUnreadable, undefined],
])('a store of somebody else%s that cannot read an entry has a miss', async (_, Unreadable, budget) => {
  const memory = memoryStore()
  const store: Store = {
    name: 'custom',
    ...(budget === undefined ? {} : { budgetMilliseconds: budget }),
    async get(key) {
      const text = await memory.get(key)
      if (text === 'damaged') throw new Unreadable('it is damaged')
      return text
    },
    set: memory.set,
  }
  await store.set('k', 'damaged', 60)
  expect(await cached('k', () => 'loaded', { ttlSeconds: 60, store })).toBe('loaded')
  expect(await cached('k', () => 'loaded again', { ttlSeconds: 60, store })).toBe('loaded')
  expect(warnings).toEqual([expect.stringContaining('cannot be read (it is damaged)')])
})

test('the arguments of a function of the app are not told', async () => {
  const unreadable = async () => {
    throw new EntryUnreadable('it is damaged')
  }
  const store: Store = { name: 'custom', budgetMilliseconds: 100, get: unreadable, set: unreadable }
  expect(await storeUse(store).get(nameOf('use-cache', '["secret"]'))).toBeUndefined()
  expect(warnings).toEqual([expect.stringContaining(`The entry "'use cache: remote'" of the store "custom"`)])
})

test('what an entry holds is not told when it cannot be read', async () => {
  const store = memoryStore()
  // Its first characters are in the message of JSON.parse.
  await store.set('k', 'jsecret', 60)
  expect(await cached('k', () => 'loaded', { ttlSeconds: 60, store })).toBe('loaded')
  expect(warnings).toEqual([expect.not.stringContaining('secret')])
})

test('an unreadable entry is loaded and written again, with one warning', async () => {
  const store = memoryStore()
  for (const key of ['one', 'two']) {
    await store.set(key, '[{"half":', 60)
    expect(await cached(key, () => 'loaded', { ttlSeconds: 60, store })).toBe('loaded')
    expect(await cached(key, () => 'loaded again', { ttlSeconds: 60, store })).toBe('loaded')
  }
  expect(warnings).toEqual([expect.stringContaining('The entry "one" of the store "memory" cannot be read')])
})
