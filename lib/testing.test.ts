import { AssertionError } from 'node:assert'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invalidateCache } from './request/invalidate.ts'
import { invalidatePath } from './request/invalidate-path.ts'
import { invalidateTag } from './request/invalidate-tag.ts'
import { createTestDatabase, type TestDatabase } from './test/database.ts'
import { expectInvalidates, expectInvalidatesTags } from './testing.ts'

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

test('a tag is no cache that an action would have to promise', async () => {
  await expectInvalidates([], () => invalidateTag('post:42'))
})

test('tags and paths that were promised pass, whoever invalidated them', async () => {
  const result = await expectInvalidatesTags(
    ['post:42', '/posts/42', '/posts/[id]/page', '/', 'café'],
    async () => {
      await database.sql`select invalidate_tag('post:42')`
      await invalidateTag('café')
      await invalidatePath('/posts/42')
      await invalidatePath('/posts/[id]', { type: 'page' })
      await invalidatePath('/')
      return 'result'
    },
  )
  expect(result).toBe('result')
  await expectInvalidatesTags([], () => invalidateCache('bans'))
})

test('tags that are missing, and those that were not promised, fail and are named', async () => {
  const failure = expectInvalidatesTags(['post:42', 'post:43'], () => invalidateTag(['post:42', 'posts']))
  await expect(failure).rejects.toThrow(
    'invalidated other tags than expected.\nExpected: post:42, post:43\nInvalidated: post:42, posts',
  )
})
