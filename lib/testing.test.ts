import { AssertionError } from 'node:assert'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invalidateCache } from './request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from './test/database.ts'
import { expectInvalidates } from './testing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())

test('returns the result of the action when it invalidates what it promised', async () => {
  const result = await expectInvalidates('bans', async () => {
    await invalidateCache('bans')
    return 'result'
  })
  expect(result).toBe('result')
})

test('an action that promises nothing and does nothing passes', async () => {
  await expectInvalidates([], () => {})
})

test('sees an invalidation by plain SQL', async () => {
  await expectInvalidates('settings', () => database.sql`select invalidate_cache('settings')`)
})

test('fails for a missing one and shows its version', async () => {
  const failure = expectInvalidates(['bans', 'settings'], () => invalidateCache('bans'))
  await expect(failure).rejects.toBeInstanceOf(AssertionError)
  await expect(failure).rejects.toThrow(/Not invalidated, though expected:\n {2}settings: (\w{8}) → \1/)
})

test('fails for an extra one and shows the old and the new version', async () => {
  const failure = expectInvalidates('bans', () => invalidateCache(['bans', 'settings']))
  await expect(failure).rejects.toThrow(/Invalidated, though not expected:\n {2}settings: \w{8} → \w{8}/)
})

test('fails for an unknown name before the action runs', async () => {
  let ran = false
  const failure = expectInvalidates('bnas', () => {
    ran = true
  })
  await expect(failure).rejects.toMatchObject({ code: 'unknown-cache' })
  expect(ran).toBe(false)
})

test('an action that throws fails with its own error', async () => {
  const failure = expectInvalidates('bans', () => {
    throw new Error('broken')
  })
  await expect(failure).rejects.toThrow('broken')
})
