import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../../postgres/database.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { createRole } from '../../test/role.ts'
import { readCacheVersions } from '../read.ts'
import type { CacheVersions } from '../register.ts'
import { versionOfTags } from '../rows.ts'
import { deadStamp, stamp } from '../stamp.ts'
import { cacheOfTags } from './cache.ts'
import { changes, forgetChanges, watchTags } from './changes.ts'
import { lookUpTagChanges } from './lookup.ts'
import { readColumns } from './permission.ts'
import { type TagVerdict, verdictOfTags } from './verdict.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  sql = database.sql
  watchTags()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  // A line that says that it was deleted would expire everything.
  await sql`truncate cache_invalidations`
  forgetChanges()
  await sql`select invalidate_tag('first')`
})

/** The tags of an entry whose load begins now. */
async function entry(...tags: string[]): Promise<string[]> {
  const version = versionOfTags(await readCacheVersions())
  return version === undefined ? tags : [...tags, stamp(cacheOfTags, version)]
}

const invalidate = (...tags: string[]) => sql`select invalidate_tag(variadic ${tags}::text[])`
const soften = (tag: string, seconds: number) =>
  sql`select write_tag_invalidations(array[${tag}], ${seconds}, null, null, null, 2)`

/** The verdict of a request that begins now, after it has asked the log where it must. */
async function verdict(tags: readonly string[], builtAfter?: Date): Promise<TagVerdict> {
  const versions = await readCacheVersions()
  if (verdictOfTags(tags, versions) === 'unknown') await lookUpTagChanges([tags], builtAfter)
  return verdictOfTags(tags, versions)
}

/** What another process knows of the log: nothing. */
const inAnotherProcess = () => forgetChanges()

test('an entry is current until one of its tags is invalidated, and no other', async () => {
  const post = await entry('post:1', 'posts')
  expect(await verdict(post)).toBe('current')
  await invalidate('post:2')
  expect(await verdict(post)).toBe('current')
  await invalidate('posts')
  expect(await verdict(post)).toBe('expired')
  expect(await verdict(await entry('post:1', 'posts'))).toBe('current')
})

test('a request asks for the log only when a tag has changed', async () => {
  const post = await entry('post:1')
  const { last } = changes
  await invalidate('post:2')
  await verdict(post)
  expect(changes.last).not.toBe(last)
  const known = changes.last
  await verdict(post)
  expect(changes.last).toBe(known)
})

test('the versions that an app sees do not have the cache of tags', async () => {
  const versions = await readCacheVersions()
  expect(Object.keys(versions)).toContain('bans')
  expect(Object.keys({ ...versions, ...JSON.parse(JSON.stringify(versions)) })).not.toContain(cacheOfTags)
  expect(versionOfTags(versions)).toMatch(/^[A-Za-z0-9]{8}$/)
})

test('while no tag has ever been invalidated, every entry is current, and it expires with the first', async () => {
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  await sql`truncate cache_invalidations`
  const post = await entry('post:1')
  expect(post).toEqual(['post:1'])
  expect(await verdict(post)).toBe('current')
  await invalidate('post:2')
  expect(await verdict(post)).toBe('current')
  await invalidate('post:1')
  expect(await verdict(post)).toBe('expired')
})

test('a tag that ends in * stands for all that begin so', async () => {
  const [post, author] = [await entry('post:1'), await entry('author:1')]
  await invalidate('post:*')
  expect([await verdict(post), await verdict(author)]).toEqual(['expired', 'current'])
  await invalidate('*')
  expect(await verdict(author)).toBe('expired')
  expect(await verdict(await entry('author:1'))).toBe('current')
})

test('more prefixes than are kept expire everything, once', async () => {
  const other = await entry('other')
  await invalidate(...Array.from({ length: 150 }, (_, i) => `many:${i}:*`))
  expect(await verdict(other)).toBe('expired')
  expect(await verdict(await entry('other'))).toBe('current')
})

test('UPDATE of the version of the cache of tags expires every entry', async () => {
  const post = await entry('post:1')
  await sql`update cache_versions set version = new_cache_version() where cache = ${cacheOfTags}`
  expect(await verdict(post)).toBe('expired')
  expect(await verdict(await entry('post:1'))).toBe('current')
})

test('a version that changed without a line expires every entry but those of that version', async () => {
  const post = await entry('post:1')
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update cache_versions set version = 'unlogged' where cache = ${cacheOfTags}`
  })
  expect(await verdict(post)).toBe('expired')
  const later = await entry('post:1')
  expect(await verdict(later)).toBe('current')
  await invalidate('post:2')
  // The line after it tells the version before.
  expect(await verdict(later)).toBe('current')
})

test('a tag with a time is stale until then, and expired after it', async () => {
  const post = await entry('post:1')
  await soften('post:1', 3600)
  expect(await verdict(post)).toBe('stale')
  inAnotherProcess()
  expect(await verdict(post)).toBe('stale')
  expect(await verdict(await entry('post:1'))).toBe('current')
  await sql`update cache_invalidations set invalidated_at = now() - interval '2 hours' where expire_seconds > 0`
  inAnotherProcess()
  expect(await verdict(post)).toBe('expired')
})

test('a stale tag that is invalidated expires', async () => {
  const post = await entry('post:1')
  await soften('post:1', 3600)
  await invalidate('post:1')
  expect(await verdict(post)).toBe('expired')
})

test('a process that starts later judges entries of before by the log', async () => {
  const [one, two] = [await entry('post:1'), await entry('post:2')]
  await invalidate('post:1')
  inAnotherProcess()
  expect([await verdict(one), await verdict(two)]).toEqual(['expired', 'current'])
})

test('what is older than the lines in memory is looked up, tag by tag', async () => {
  const [one, two, soft] = [await entry('post:1', 'posts'), await entry('post:2'), await entry('post:3')]
  await invalidate('post:1')
  await soften('post:3', 3600)
  await invalidate('all:*')
  const ofPrefix = await entry('all:1')
  await invalidate(...Array.from({ length: 10_500 }, (_, i) => `other:${i}`))
  inAnotherProcess()
  await readCacheVersions()
  expect(verdictOfTags(two, await readCacheVersions())).toBe('unknown')
  expect(await Promise.all([one, two, soft, ofPrefix].map((tags) => verdict(tags)))).toEqual([
    'expired',
    'current',
    'stale',
    'current',
  ])
  expect(await verdict([...(await entry('all:1')).slice(0, 1), ...two.slice(1)])).toBe('expired')
  // Asked once.
  expect(verdictOfTags(two, await readCacheVersions())).toBe('current')
  await invalidate('post:2')
  expect(await verdict(two)).toBe('expired')
})

test('a tag that leaves memory is looked up', async () => {
  const post = await entry('post:1')
  await invalidate('post:1')
  expect(await verdict(post)).toBe('expired')
  for (const tag of [...changes.tags.keys()]) changes.tags.delete(tag)
  changes.floor = changes.last?.id ?? 0
  expect(verdictOfTags(post, await readCacheVersions())).toBe('unknown')
  expect(await verdict(post)).toBe('expired')
})

test('an entry of a history that was lost is expired, also when its numbers are used again', async () => {
  await invalidate('post:1')
  const saved = await sql`select * from cache_versions where cache = ${cacheOfTags}`
  const lines = await sql<{ id: number }[]>`select max(id)::int as id from cache_invalidations`
  await invalidate('post:2')
  const lost = await entry('post:2')
  const kept = [...lost.slice(0, 1), stamp(cacheOfTags, saved[0]?.version)]
  // Postgres is set back to before that.
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`delete from cache_invalidations where id > ${lines[0]?.id ?? 0}`
    await tx`update cache_versions set version = ${saved[0]?.version} where cache = ${cacheOfTags}`
    await tx`select setval('cache_invalidations_id_seq', ${lines[0]?.id ?? 0})`
  })
  expect([await verdict(lost), await verdict(kept)]).toEqual(['expired', 'current'])
  await invalidate('post:3')
  expect([await verdict(lost), await verdict(kept)]).toEqual(['expired', 'current'])
  await invalidate('post:2')
  expect([await verdict(lost), await verdict(kept)]).toEqual(['expired', 'expired'])
})

test('a log that was emptied leaves no entry current but those of the version now', async () => {
  const old = await entry('post:1')
  await invalidate('post:2')
  const now = await entry('post:1')
  await sql`truncate cache_invalidations`
  await readCacheVersions()
  inAnotherProcess()
  expect([await verdict(old), await verdict(now)]).toEqual(['expired', 'current'])
})

test('an entry of a version that was pruned is expired, a later one is not', async () => {
  const old = await entry('post:1')
  await invalidate('post:2')
  const later = await entry('post:1')
  await invalidate('post:3')
  await sql`update cache_invalidations set invalidated_at = now() - interval '1 year' where tag = 'first'`
  await sql`update cache_invalidations set invalidated_at = now() - interval '1 year' where tag = 'post:2'`
  await sql`select prune_cache_invalidations('90 days')`
  inAnotherProcess()
  expect([await verdict(old), await verdict(later)]).toEqual(['expired', 'current'])
})

test('of what an entry is made, the oldest version counts', async () => {
  const inner = await entry('post:1')
  await invalidate('outer')
  const outer = [...(await entry('outer')), ...inner]
  await invalidate('post:1')
  expect(await verdict(outer)).toBe('expired')
})

test('a dead stamp is expired', async () => {
  expect(await verdict([...(await entry('post:1')), deadStamp(cacheOfTags)])).toBe('expired')
})

test('an entry of a build without a stamp is judged by the lines since then', async () => {
  const yesterday = new Date(Date.now() - 24 * 3600 * 1000)
  await sql`update cache_invalidations set invalidated_at = now() - interval '3 days'`
  expect(await verdict(['first'], yesterday)).toBe('current')
  await invalidate('post:1')
  expect([await verdict(['first']), await verdict(['post:1'])]).toEqual(['current', 'expired'])
  inAnotherProcess()
  // Without the day of the build every line counts.
  expect(await verdict(['first'])).toBe('expired')
})

test('concurrent lookups share their questions', async () => {
  const entries = await Promise.all(Array.from({ length: 50 }, (_, i) => entry(`post:${i}`)))
  await invalidate('post:7')
  await invalidate(...Array.from({ length: 10_001 }, (_, i) => `other:${i}`))
  inAnotherProcess()
  const versions: CacheVersions = await readCacheVersions()
  await Promise.all(entries.map((tags) => lookUpTagChanges([tags], undefined)))
  const verdicts = entries.map((tags) => verdictOfTags(tags, versions))
  expect(verdicts.filter((each) => each === 'current')).toHaveLength(49)
  expect(verdicts[7]).toBe('expired')
})

test('a role that may not read the log is told the grant that it lacks', async () => {
  const role = await createRole(database)
  const post = await entry('post:1')
  await sql.unsafe(`grant select on cache_versions to ${role.name}`)
  await closeDatabase()
  process.env.DATABASE_URL = role.url
  try {
    inAnotherProcess()
    await expect(readCacheVersions()).rejects.toMatchObject({
      code: 'not-permitted',
      message: expect.stringContaining(
        `grant select (${readColumns.join(', ')}) on cache_invalidations to the role`,
      ),
    })
    await sql.unsafe(`grant select (${readColumns.join(', ')}) on cache_invalidations to ${role.name}`)
    await invalidate('post:1')
    expect(await verdict(post)).toBe('expired')
  } finally {
    await closeDatabase()
    process.env.DATABASE_URL = database.url
    await role.drop()
  }
})
