import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'bans-old', 'settings'])
  sql = database.sql
})
afterAll(() => database.drop())
beforeEach(async () => {
  // Each test begins before the first tag was ever invalidated.
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  await sql`truncate cache_invalidations`
})

/** The log in its order: tags as they are, with their seconds if they have some, and other caches as `cache bans`. */
async function log(): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select case when cache <> ${cacheOfTags} then 'cache ' || cache
        else tag || case when expire_seconds > 0 then ' in ' || expire_seconds else '' end end as line
    from cache_invalidations order by id`
  return rows.map(({ line }) => line)
}

async function versionOf(cache: string): Promise<string | undefined> {
  const [row] = await sql<{ version: string }[]>`select version from cache_versions where cache = ${cache}`
  return row?.version
}

test('a tag changes the version of the cache of tags at commit, and the log names it', async () => {
  await sql.begin(async (tx) => {
    expect([...(await tx`select invalidate_tag('post:42', '_N_T_/posts/42', 'post:42') as named`)]).toEqual([
      { named: 2 },
    ])
    expect(await versionOf(cacheOfTags)).toBeUndefined()
  })
  const version = await versionOf(cacheOfTags)
  expect(await sql`select cache, tag, version from cache_invalidations order by tag collate "C"`).toEqual([
    { cache: cacheOfTags, tag: '_N_T_/posts/42', version },
    { cache: cacheOfTags, tag: 'post:42', version },
  ])
  await sql`select invalidate_tag('post:43')`
  expect(await versionOf(cacheOfTags)).not.toBe(version)
})

test('a tag that names a cache invalidates the cache and no tag', async () => {
  const before = await versionOf('bans')
  const written = await sql`
    select * from write_tag_invalidations(array['post:1', 'bans'], 0, null, null, null, 2) order by name`
  expect(written).toEqual([
    { name: 'bans', is_cache: true },
    { name: 'post:1', is_cache: false },
  ])
  expect((await log()).sort()).toEqual(['cache bans', 'post:1'])
  expect(await versionOf('bans')).not.toBe(before)
})

test('a tag that ends in * invalidates the caches that begin so, and returns them', async () => {
  const written = await sql`
    select * from write_tag_invalidations(array['ban*'], 0, null, null, null, 2) order by name collate "C"`
  expect(written).toEqual([
    { name: 'ban*', is_cache: false },
    { name: 'bans', is_cache: true },
    { name: 'bans-old', is_cache: true },
  ])
  expect((await log()).sort()).toEqual(['ban*', 'cache bans', 'cache bans-old'])
})

test('a tag with commas, as Next joins those of a page, invalidates its parts too', async () => {
  await sql`select invalidate_tag('post:1,post:2,')`
  expect((await log()).sort()).toEqual(['post:1', 'post:1,post:2,', 'post:2'])
})

test.each(["''", 'null'])('an empty tag is refused: %s', async (tag) => {
  await expect(sql.unsafe(`select invalidate_tag('post:1', ${tag})`)).rejects.toThrow(
    '[cache-versions] An empty text is no tag.',
  )
  expect(await log()).toEqual([])
})

const writeFor = (seconds: number) =>
  `select write_tag_invalidations(array['post:1', 'bans'], ${seconds}, null, null, null, 2);`

test.each([
  ['later, then at once', [60, 0], ['bans in 60', 'cache bans', 'post:1']],
  ['at once, then later', [0, 60], ['bans in 60', 'cache bans', 'post:1']],
  ['later, then sooner', [60, 30], ['bans in 30', 'post:1 in 30']],
  ['sooner, then later', [30, 60], ['bans in 30', 'post:1 in 30']],
])('of two expiries in a transaction the sooner counts: %s', async (_, seconds, expected) => {
  await sql.begin((tx) => tx.unsafe(seconds.map(writeFor).join('')))
  expect((await log()).sort()).toEqual(expected)
})

test('a rollback invalidates no tag, and a savepoint that is rolled back only its own', async () => {
  const failure = sql.begin(async (tx) => {
    await tx`select invalidate_tag('post:1')`
    throw new Error('rolled back')
  })
  await expect(failure).rejects.toThrow('rolled back')
  expect(await versionOf(cacheOfTags)).toBeUndefined()
  await sql.begin(async (tx) => {
    await tx.unsafe(writeFor(60))
    await tx
      .savepoint(async (inner) => {
        await inner`select invalidate_tag('post:1', 'post:2')`
        throw new Error('only this part')
      })
      .catch(() => {})
    await tx`select invalidate_tag('post:3')`
  })
  expect((await log()).sort()).toEqual(['bans in 60', 'post:1 in 60', 'post:3'])
})

test('ten thousand tags of one transaction share one version', async () => {
  await sql`select invalidate_tag(variadic array(select 'post:' || n from generate_series(1, 10000) as n))`
  const [counts] = await sql`
    select count(*)::int, count(distinct version)::int as versions, count(distinct tag)::int as tags
    from cache_invalidations`
  expect(counts).toEqual({ count: 10_000, versions: 1, tags: 10_000 })
})

test('whoever changes the version itself invalidates every tag, beside those that he has named as well', async () => {
  await sql`select invalidate_tag('post:1')`
  await sql`update cache_versions set version = 'byHand01' where cache = ${cacheOfTags}`
  expect(await log()).toEqual(['post:1', '*'])
  await sql.begin(async (tx) => {
    await tx`select invalidate_tag('post:2')`
    await tx`update cache_versions set version = 'byHand02' where cache = ${cacheOfTags}`
  })
  expect((await log()).slice(2).sort()).toEqual(['*', 'post:2'])
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  await sql`select invalidate_tag('post:3')`
  expect((await log()).slice(4).sort()).toEqual(['*', '*', 'post:3'])
})

test('all caches that are invalidated take every tag with them, even before the first was', async () => {
  const caches = await sql<{ cache: string }[]>`select cache from cache_versions`
  const all = ['*', ...caches.map(({ cache }) => `cache ${cache}`)].sort()
  const [row] = await sql`select invalidate_all_caches() as count`
  expect(row).toEqual({ count: caches.length })
  expect((await log()).sort()).toEqual(all)
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  await sql`truncate cache_invalidations`
  const written = await sql`select write_cache_invalidations(null, false, null, null, null, 2)`
  expect(written).toHaveLength(caches.length)
  expect((await log()).sort()).toEqual(all)
})

test('a session without triggers refuses to invalidate a tag', async () => {
  const attempt = sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`select invalidate_tag('post:1')`
  })
  await expect(attempt).rejects.toThrow('Triggers are off in this session')
})

test('a line of another cache has no tag', async () => {
  await sql`insert into cache_invalidations (cache, tag, expire_seconds) values ('bans', 'post:1', 60)`
  expect(await sql`select tag, expire_seconds from cache_invalidations`).toEqual([
    { tag: '', expire_seconds: 0 },
  ])
})
