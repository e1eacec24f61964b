import { tagsManifest } from 'next/dist/server/lib/incremental-cache/tags-manifest.external.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { staleByTag } from '../../internals/outdated.ts'
import type { Page } from '../../internals/page-tags.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { invalidateTags } from './invalidate-tags.ts'

let database: TestDatabase
let sql: TestDatabase['sql']
/** What the process revalidates for itself. */
let own: string[]

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  sql = database.sql
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate cache_invalidations`
  own = []
})

async function invalidate(tags: string[], durations?: { expire?: number }): Promise<void> {
  await invalidateTags(tags, durations, async (left) => void own.push(...left))
}

async function lines() {
  return await sql`select tag, cache, expire_seconds::int as seconds from cache_invalidations order by tag`
}

test('a tag that names no cache is a line of the log, and of no concern to the process itself', async () => {
  await invalidate(['post:1', '_N_T_/posts'])
  expect(await lines()).toEqual([
    { tag: '_N_T_/posts', cache: 'next-cache-versions/tags', seconds: 0 },
    { tag: 'post:1', cache: 'next-cache-versions/tags', seconds: 0 },
  ])
  expect(own).toEqual([])
})

test('a tag that names a cache invalidates the cache', async () => {
  await invalidate(['bans', 'post:1'])
  expect(await lines()).toEqual([
    { tag: '', cache: 'bans', seconds: 0 },
    { tag: 'post:1', cache: 'next-cache-versions/tags', seconds: 0 },
  ])
})

test('a profile makes stale first, a tag that names a cache too', async () => {
  await invalidate(['bans'], { expire: 31_536_000 })
  // Next passes the profile on without `expire` where it has none.
  await invalidate(['post:1'], {})
  await invalidate(['post:2'], { expire: 0xfffffffe })
  await invalidate(['post:3'], { expire: 0 })
  const never = 2 ** 31 - 1
  expect((await lines()).map(({ tag, seconds }) => [tag, seconds])).toEqual([
    ['bans', 31_536_000],
    ['post:1', never],
    ['post:2', never],
    ['post:3', 0],
  ])
})

test('a * is a letter like others', async () => {
  await invalidate(['post:*'])
  expect((await lines()).map(({ tag }) => tag)).toEqual(['post:%2A'])
})

test("Next's own list of revalidated tags does not grow", async () => {
  for (let i = 0; i < 20; i++) {
    // As its handler in memory does.
    tagsManifest.set(`post:${i}`, { expired: Date.now() })
    await invalidate([`post:${i}`])
  }
  expect(tagsManifest.size).toBe(0)
})

test('a page that Next is about to take for stale stays so', async () => {
  staleByTag({ lastModified: 1, value: null }, { kind: 'APP_PAGE' } as Page)
  await invalidate(['post:1'])
  expect([...tagsManifest.values()]).toEqual([{ stale: Number.POSITIVE_INFINITY }])
  tagsManifest.clear()
})

test('one list is written once, whichever of the handlers it reaches', async () => {
  const list = ['post:1']
  await Promise.all([invalidate(list), invalidate(list), invalidate(list)])
  expect(await lines()).toHaveLength(1)
})

test('a tag that cannot be written throws, and is revalidated in the process at least', async () => {
  await sql`alter table cache_invalidations add constraint broken check (false) not valid`
  await expect(invalidate(['post:1'])).rejects.toThrow('broken')
  expect(own).toEqual(['post:1'])
  await sql`alter table cache_invalidations drop constraint broken`
})

test('on a schema without tags, caches are invalidated and other tags concern the process', async () => {
  await sql`alter function write_tag_invalidations rename to later`
  await invalidate(['bans', 'post:1'])
  expect(await lines()).toEqual([{ tag: '', cache: 'bans', seconds: 0 }])
  expect(own).toEqual(['post:1'])
  await sql`alter function later rename to write_tag_invalidations`
})
