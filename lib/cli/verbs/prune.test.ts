import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { callVerb } from '../../test/verb.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate cache_invalidations`
  await database.sql`
    insert into cache_invalidations (cache, version, invalidated_at)
    select 'bans', 'aVersion', now() - days * interval '1 day' from generate_series(12000, 1, -1) as days`
})

test('deletes what is older than 90 days, in as many batches as it takes', async () => {
  expect(await callVerb(['prune'])).toEqual({
    code: 0,
    stdout: 'Deleted 11911 lines older than 90d.\n',
    stderr: '',
  })
})

test('keeps the newest line of a cache however old it is', async () => {
  const { stdout } = await callVerb(['prune', '--older-than', '1h', '--json'])
  expect(JSON.parse(stdout)).toEqual({ deleted: 11_999, olderThan: '1h' })
  expect(await database.sql`select cache from cache_invalidations`).toEqual([{ cache: 'bans' }])
})

test('a dry run counts the lines that would be deleted, and deletes none', async () => {
  const { stdout } = await callVerb(['prune', '--older-than', '1h', '--dry-run'])
  expect(stdout).toBe('Would delete 11999 lines older than 1h.\n')
  expect(await database.sql`select from cache_invalidations`).toHaveLength(12_000)
})

test('what is not an age, or a name, is wrong usage and deletes nothing', async () => {
  for (const args of [['--older-than', 'soon'], ['--older-than=-1d'], ['bans']]) {
    const { code, stderr } = await callVerb(['prune', ...args])
    expect(stderr).toContain('next-cache-versions prune [options]\n')
    expect(code).toBe(2)
  }
  expect(await database.sql`select from cache_invalidations`).toHaveLength(12_000)
})
