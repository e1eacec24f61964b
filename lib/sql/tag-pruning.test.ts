import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  sql = database.sql
})
afterAll(() => database.drop())
beforeEach(() => sql`truncate cache_invalidations`)

/** Invalidates each in a transaction of its own; all but the last are a hundred days old. */
async function invalidate(tags: readonly string[], seconds = 0): Promise<void> {
  for (const tag of tags) {
    await sql`select write_tag_invalidations(array[${tag}], ${seconds}, null, null, null, 2)`
  }
  await sql`
    update cache_invalidations set invalidated_at = now() - interval '100 days'
    where id < (select max(id) from cache_invalidations)`
}

async function log() {
  return await sql`select tag, expire_seconds as seconds, version from cache_invalidations order by id`
}

async function prune(atMost = 10_000): Promise<number> {
  const [row] = await sql<{ pruned: number }[]>`
    select prune_cache_invalidations('90 days', ${atMost}) as pruned`
  return row?.pruned ?? -1
}

test.each([10_000, 2, 1])(
  'of the tags that are pruned one line stands for all, %i at a time',
  async (atMost) => {
    await invalidate(['post:1', 'bans', 'post:2', 'post:3', 'post:4'])
    const before = await log()
    let pruned = 0
    for (let now = await prune(atMost); now > 0; now = await prune(atMost)) pruned += now
    // The line of the cache is the newest of its cache, and stays.
    expect(pruned).toBe(2)
    expect(await log()).toEqual([before[1], { ...before[3], tag: '*' }, before[4]])
    expect(await prune(atMost)).toBe(0)
  },
)

test('the line that stands for all takes effect at once, whatever it was before', async () => {
  await invalidate(['post:1', '*', 'post:2'], 60)
  expect(await prune()).toBe(1)
  expect(await log()).toMatchObject([
    { tag: '*', seconds: 0 },
    { tag: 'post:2', seconds: 60 },
  ])
})

test('a later pruning moves the line on', async () => {
  await invalidate(['post:1', 'post:2', 'post:3'])
  await prune()
  await invalidate(['post:4', 'post:5'])
  expect(await prune()).toBe(2)
  expect((await log()).map(({ tag }) => tag)).toEqual(['*', 'post:5'])
})

test('of two prunings at once none waits for the other', async () => {
  await invalidate(['post:1', 'post:2', 'post:3', 'post:4'])
  const first = await sql.reserve()
  await first`begin`
  await first`select prune_cache_invalidations('90 days')`
  expect(await prune()).toBe(0)
  await sql`select invalidate_tag('post:5')`
  await first`commit`
  first.release()
  expect((await log()).map(({ tag }) => tag)).toEqual(['*', 'post:4', 'post:5'])
})
