import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { locksOn } from '../test/locks.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  await database.sql`create table posts (id int)`
  await database.sql`create table comments (id int)`
  await database.sql`select invalidate_cache_on_write('bans', 'posts')`
  await database.sql`select invalidate_tag_on_write('comments', 'comment:{id}')`
})
afterAll(() => database.drop())

test.each([
  "select invalidate_cache('bans')",
  'select invalidate_all_caches()',
  "select write_cache_invalidations(array['bans'], true, null, null, null, 1)",
  "select write_cache_invalidations(array['bans'], false, null, null, null, 1)",
  "select invalidate_tag('post:1')",
  'insert into posts values (1)',
  'insert into comments values (1)',
  "update cache_versions set version = new_cache_version() where cache = 'bans'",
  "select start_cache_versioning('settings')",
  "select stop_cache_versioning('settings')",
])('%s locks cache_versions before the log', async (statement) => {
  const upgrade = await database.sql.reserve()
  await upgrade`begin`
  await upgrade`lock table cache_versions in access exclusive mode`
  const write = database.sql.begin((tx) => tx.unsafe(statement))
  try {
    const waiting = async () =>
      (await locksOn(database.sql, 'cache_versions')).filter(({ granted }) => !granted)
    await expect.poll(waiting, { interval: 1 }).toHaveLength(1)
    expect(await locksOn(database.sql, 'cache_invalidations')).toEqual([])
  } finally {
    await upgrade`rollback`
    upgrade.release()
  }
  await write
})
