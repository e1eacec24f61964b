import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cached } from './cached.ts'
import type { CachedEvent, StaleEvent } from './event.ts'
import { memoryStore } from './stores/memory.ts'

function gate<T>() {
  let open: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

/** Calls `cached()` with a version, with or without accepting the previous one. */
function asker(staleWhileRevalidateSeconds: number) {
  const store = memoryStore()
  const events: (CachedEvent | StaleEvent)['type'][] = []
  const report = ({ type }: CachedEvent | StaleEvent) => events.push(type)
  const options = { ttlSeconds: 60, store, report }
  const asks = { ...options, staleWhileRevalidateSeconds, family: 'acl:42' }
  const ask = (version: string, load: () => unknown, mayBeStale = true) =>
    cached(`acl:${version}:42`, load, mayBeStale ? asks : options)
  return { ask, events }
}

test('serves the version before, marked as such, while one load runs, and then the new one', async () => {
  const { ask, events } = asker(60)
  await ask('one', () => 'old')
  const ready = gate<string>()
  let loads = 0
  const load = () => {
    loads += 1
    return ready.passed
  }
  expect(await Promise.all([ask('two', load), ask('two', load), ask('two', load)])).toEqual([
    'old',
    'old',
    'old',
  ])
  expect(events).toEqual(['miss', 'stale', 'stale', 'stale'])
  await expect.poll(() => loads).toBe(1)
  ready.open('new')
  await expect.poll(() => ask('two', load)).toBe('new')
  expect(loads).toBe(1)
})

test('a caller that did not ask never gets the version before', async () => {
  const { ask } = asker(60)
  await ask('one', () => 'old')
  expect(await ask('two', () => 'new', false)).toBe('new')
})

test('the version before is not served after the bound', async () => {
  const { ask } = asker(0.05)
  await ask('one', () => 'old')
  await delay(60)
  expect(await ask('two', () => 'new')).toBe('new')
})

test('hits under the current version keep it at hand', async () => {
  const { ask, events } = asker(0.4)
  await ask('one', () => 'old')
  const began = performance.now()
  while (performance.now() - began < 500) {
    await ask('one', () => 'not loaded again')
    await delay(20)
  }
  expect(await ask('two', () => 'new')).toBe('old')
  expect(events.at(-1)).toBe('stale')
})

test('a request that is older than the invalidation does not lead back', async () => {
  const { ask } = asker(60)
  await ask('one', () => 'first')
  await ask('two', () => 'second', false)
  await ask('two', () => 'not loaded again')
  expect(await ask('one', () => 'not loaded again')).toBe('first')
  expect(await ask('three', () => 'third')).toBe('second')
})

test('a load that fails in the background leaves the previous version in place, and is tried again', async () => {
  const { warn } = console
  const warnings: string[] = []
  console.warn = (message: string) => void warnings.push(message)
  const { ask } = asker(60)
  await ask('one', () => 'old')
  const fail = async () => {
    throw new Error('no data')
  }
  expect(await ask('two', fail)).toBe('old')
  await expect.poll(() => warnings).toHaveLength(1)
  expect(warnings[0]).toContain(
    'The load of "acl:two:42" failed while the version before was served (no data)',
  )
  await expect.poll(() => ask('two', () => 'new')).toBe('new')
  console.warn = warn
})
