// Next's records of requests need it.
import 'next/dist/server/node-environment-baseline.js'
import {
  type WorkUnitStore,
  workUnitAsyncStorage,
} from 'next/dist/server/app-render/work-unit-async-storage.external.js'
import { expect, test } from 'vitest'
import { SharedCalls } from './shared-calls.ts'

// A request may be answered by an entry that a tag has made stale. A page, or another entry, would keep it.

const calls = () => new SharedCalls({ known: () => 0, now: async () => 0 })

function inside<T>(type: 'request' | 'prerender' | 'cache', work: () => T): T {
  return workUnitAsyncStorage.run({ type } as WorkUnitStore, work)
}

/** Whether the promise is settled once all that is ready to go on has gone on. */
async function isSettled(promise: Promise<void> | undefined): Promise<boolean> {
  let settled = promise === undefined
  promise?.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

for (const type of ['prerender', 'cache'] as const) {
  test(`a ${type} waits for the call of a request, though no version has changed`, async () => {
    const shared = calls()
    const end = inside('request', () => shared.begin('key'))
    const joining = inside(type, () => shared.beforeJoin('key'))
    expect(await isSettled(joining)).toBe(false)
    end()
    expect(await isSettled(joining)).toBe(true)
  })

  test(`a request joins the call of a ${type} at once, and so does another ${type}`, async () => {
    const shared = calls()
    inside(type, () => shared.begin('key'))
    expect(await isSettled(inside('request', () => shared.beforeJoin('key')))).toBe(true)
    expect(await isSettled(inside(type, () => shared.beforeJoin('key')))).toBe(true)
  })
}

test('a request joins the call of another request at once', async () => {
  const shared = calls()
  inside('request', () => shared.begin('key'))
  expect(await isSettled(inside('request', () => shared.beforeJoin('key')))).toBe(true)
})

test('a page waits for the next call of a request, too, but not for ever', async () => {
  const shared = calls()
  const ends = [inside('request', () => shared.begin('key'))]
  const joining = inside('prerender', () => shared.beforeJoin('key'))
  let waits = 0
  while (!(await isSettled(joining))) {
    ends.push(inside('request', () => shared.begin('key')))
    ends.shift()?.()
    waits++
  }
  expect(waits).toBeGreaterThan(1)
  expect(waits).toBeLessThan(20)
})
