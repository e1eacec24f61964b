import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'
import { freshSql } from '../sql/package-sql.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { laterSql } from '../test/later-sql.ts'
import { readCacheVersions } from '../versions/read.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'
import { invalidatePath } from './invalidate-path.ts'
import { invalidateTag } from './invalidate-tag.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
beforeEach(() => database.sql`truncate cache_invalidations`)

async function log() {
  return await database.sql`
    select cache, tag, expire_seconds as expire, reason, actor, source from cache_invalidations order by tag`
}

async function tags(): Promise<string[]> {
  return (await log()).map(({ tag }) => tag)
}

test('writes each tag to the log once, with who and why', async () => {
  await invalidateTag(['post:42', 'posts', 'post:42'], { reason: 'test', actor: 'anna' })
  const common = { cache: cacheOfTags, expire: 0, reason: 'test', actor: 'anna', source: 'app' }
  expect(await log()).toEqual([
    { ...common, tag: 'post:42' },
    { ...common, tag: 'posts' },
  ])
})

test('a tag that is the name of a cache changes its version', async () => {
  const before = await readCacheVersions()
  await invalidateTag(['bans', 'post:42'])
  const after = await readCacheVersions()
  expect(after.bans).not.toBe(before.bans)
  expect(after.settings).toBe(before.settings)
})

test('a tag commits and rolls back with the transaction it is given', async () => {
  const db = drizzle(database.sql)
  await db.transaction((tx) => invalidateTag('committed', { tx }))
  const failure = db.transaction(async (tx) => {
    await invalidateTag('rolled:back', { tx })
    await invalidatePath('/rolled/back', { tx })
    throw new Error('no')
  })
  await expect(failure).rejects.toThrow('no')
  expect(await tags()).toEqual(['committed'])
})

test('a tag may be stale for a while before it expires', async () => {
  await invalidateTag('post:42', { expireSeconds: 59.5 })
  await invalidateTag('posts', { expireSeconds: Number.POSITIVE_INFINITY })
  expect((await log()).map(({ expire }) => expire)).toEqual([60, 2 ** 31 - 1])
})

test('a * at the end of a tag or path stands for itself, and with prefix all that begin so are invalidated', async () => {
  await invalidateTag(['post:*', '*'])
  await invalidatePath('/posts/*')
  expect(await tags()).toEqual(['%2A', '_N_T_/posts/%2A', 'post:%2A'])
  await database.sql`truncate cache_invalidations`
  await invalidateTag('post:', { prefix: true })
  await invalidatePath('/posts/', { prefix: true })
  expect(await tags()).toEqual(['_N_T_/posts/*', 'post:*'])
})

test('no tags are no invalidation', async () => {
  await invalidateTag([])
  expect(await log()).toEqual([])
})

test('a path is written as the tag by which Next knows it, and the root as both of its tags', async () => {
  await invalidatePath('/posts/42')
  await invalidatePath('/posts/[id]', { type: 'page', expireSeconds: 5 })
  await invalidatePath('/')
  expect((await log()).map(({ tag, expire }) => [tag, expire])).toEqual([
    ['_N_T_/', 0],
    ['_N_T_/index', 0],
    ['_N_T_/posts/42', 0],
    ['_N_T_/posts/[id]/page', 5],
  ])
})

test.each([[''], ['nul\0'], ['half\ud83d'], [null], [42]])(
  'the tag %j is refused, and none is written',
  async (tag) => {
    await expect(invalidateTag(['post:42', tag as string])).rejects.toMatchObject({
      code: 'invalid-name',
      message: expect.stringContaining('is not a tag. Use a text of one character or more.'),
    })
    expect(await log()).toEqual([])
  },
)

test.each([[-1], [Number.NaN], ['soon']])('to expire after %j seconds is refused', async (expireSeconds) => {
  const failure = invalidateTag('post:42', { expireSeconds: expireSeconds as number })
  await expect(failure).rejects.toMatchObject({ code: 'invalid-argument' })
})

test('a path that stands for no page is refused', async () => {
  await expect(invalidatePath('/posts/[id]')).rejects.toMatchObject({
    code: 'invalid-name',
    message: expect.stringContaining('"/posts/[id]" stands for no page. Add the type "page" or "layout"'),
  })
})

test('where the schema is of before tags, the error says how to upgrade it', async () => {
  const { first } = await laterSql()
  const url = Object.assign(new URL(database.url), { search: '?search_path=former' }).href
  const former = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await former`create schema former`
    await former.begin((tx) => tx.unsafe(freshSql(first)))
    await closeDatabase()
    process.env.DATABASE_URL = url
    await expect(invalidateTag('post:42')).rejects.toMatchObject({
      code: 'not-migrated',
      message: expect.stringContaining('drizzle-kit migrate'),
    })
  } finally {
    process.env.DATABASE_URL = database.url
    await former`drop schema former cascade`
    await former.end()
  }
})
