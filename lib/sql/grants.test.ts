import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'
import { invalidateAllCaches, invalidateCache } from '../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { createRole, type Role } from '../test/role.ts'
import { readCacheInvalidations, readCacheOverview } from '../versions/log.ts'
import { readCacheVersions } from '../versions/read.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'
import { writeInvalidationsOfCachesAmong, writeTagInvalidations } from '../versions/write.ts'

let database: TestDatabase
let reader: Role
let invalidator: Role
let writer: Role

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  reader = await createRole(database)
  invalidator = await createRole(database)
  writer = await createRole(database)
  const documented = await readFile('docs/sql.md', 'utf8')
  const grants = /```sql\n(grant [^`]*)```/.exec(documented)?.[1] ?? ''
  await database.sql.unsafe(`
    ${grants.replaceAll('app_reads', reader.name).replaceAll('app', invalidator.name)}
    create table posts (id int);
    select invalidate_cache_on_write('bans', 'posts');
    create table comments (id int);
    select invalidate_tag_on_write('comments', 'comment:{id}');
    grant insert, delete on posts, comments to ${writer.name}`)
})
afterAll(async () => {
  await closeDatabase()
  for (const role of [reader, invalidator, writer]) await role.drop()
  await database.drop()
})
beforeEach(() => database.sql`truncate cache_invalidations`)

/** Signs the package in as the role. */
async function use(role: Role): Promise<void> {
  await closeDatabase()
  process.env.DATABASE_URL = role.url
}

async function log() {
  return await database.sql`select cache, reason, actor, source from cache_invalidations order by cache`
}

test('who reads the versions needs to read one table', async () => {
  await use(reader)
  expect(await readCacheVersions()).toMatchObject({ bans: expect.any(String) })
})

test('who invalidates needs no right to change a version, and may read the log', async () => {
  await use(invalidator)
  const before = await readCacheVersions()
  await invalidateCache('bans', { reason: 'ban created', actor: 'anna' })
  expect((await readCacheVersions()).bans).not.toBe(before.bans)
  expect(await writeInvalidationsOfCachesAmong(['settings', 'post-1'], 'action')).toEqual(['settings'])
  expect(await invalidateAllCaches()).toEqual(Object.keys(before).sort())
  await invalidator.sql`select invalidate_cache('bans'), invalidate_all_caches()`
  const seen = (await readCacheOverview()).map(({ cache }) => cache)
  expect(seen).toEqual(expect.arrayContaining(Object.keys(before)))
  expect((await readCacheInvalidations()).at(-1)).toMatchObject({ reason: 'ban created', actor: 'anna' })
})

test('who writes to a watched table needs no right on ours, and is named in the log', async () => {
  await writer.sql`insert into posts values (1)`
  expect(await log()).toEqual([
    { cache: 'bans', reason: 'INSERT posts', actor: writer.name, source: 'trigger' },
  ])
})

test('who invalidates caches invalidates tags, and makes sooner what is pending', async () => {
  await use(invalidator)
  await writeTagInvalidations(['post:1', 'bans'], { source: 'action' })
  await invalidator.sql.begin(async (tx) => {
    await writeTagInvalidations(['post:2'], { tx, seconds: 60 })
    await tx`select invalidate_tag('post:2')`
  })
  const rows = await database.sql`
    select nullif(cache, cache_of_tags()) as cache, tag, expire_seconds, actor from cache_invalidations order by cache, tag`
  expect(rows).toEqual([
    { cache: 'bans', tag: '', expire_seconds: 0, actor: invalidator.name },
    { cache: null, tag: 'post:1', expire_seconds: 0, actor: invalidator.name },
    { cache: null, tag: 'post:2', expire_seconds: 0, actor: invalidator.name },
  ])
  await expect(reader.sql`select invalidate_tag('post:1')`).rejects.toMatchObject({ code: '42501' })
})

test('who writes to a table that is watched for tags needs no right on ours, and is named in the log', async () => {
  await writer.sql`insert into comments values (1)`
  expect(await log()).toEqual([
    { cache: cacheOfTags, reason: 'INSERT comments', actor: writer.name, source: 'trigger' },
  ])
})

test('who invalidates is named in the log unless the app says who it was for', async () => {
  await invalidator.sql`select invalidate_cache('bans')`
  await invalidator.sql`insert into cache_invalidations (cache, actor) values ('settings', 'anna')`
  expect((await log()).map(({ actor }) => actor)).toEqual([invalidator.name, 'anna'])
})

test('who invalidates by a plain UPDATE needs no right on the log, in which he is named', async () => {
  const updater = await createRole(database)
  await database.sql.unsafe(`grant select, update (version) on cache_versions to ${updater.name}`)
  await updater.sql`update cache_versions set version = 'byHand01' where cache = 'bans'`
  expect(await log()).toEqual([{ cache: 'bans', reason: null, actor: updater.name, source: 'sql' }])
  await updater.drop()
})

const locks = ['cache_versions', 'cache_invalidations'].flatMap((table) =>
  ['row share', 'row exclusive', 'share', 'exclusive', 'access exclusive'].map(
    (mode) => `lock table ${table} in ${mode} mode`,
  ),
)
const forbidden = [
  ...locks,
  'select * from cache_versions for share',
  "update cache_versions set version = 'oldOld00' where cache = 'bans'",
  "insert into cache_versions values ('forged', 'aaaaaaaa') on conflict (cache) do update set version = 'oldOld00'",
  'delete from cache_versions',
  'truncate cache_versions',
  "select start_cache_versioning('forged')",
  "select stop_cache_versioning('bans')",
  "update cache_invalidations set actor = 'bob'",
  "update cache_invalidations set invalidated_at = 'infinity'",
  'delete from cache_invalidations',
  'truncate cache_invalidations',
  "select prune_cache_invalidations('0')",
  "insert into cache_invalidations (id, cache) overriding system value values (1, 'bans')",
  "insert into cache_invalidations (cache, version) values ('bans', 'forged00')",
  "insert into cache_invalidations (cache, previous_version) values ('bans', 'forged00')",
  "insert into cache_invalidations (cache, txid) values ('bans', '1')",
  'update cache_invalidations set expire_seconds = 60',
  "select invalidate_tag_on_write('posts', 'post:{id}')",
  "insert into cache_invalidations (cache, invalidated_at) values ('bans', 'infinity')",
  "select setval('cache_invalidations_id_seq', 1)",
  'alter table cache_versions disable trigger all',
  'alter function log_cache_version() security invoker',
]

test.each(forbidden)('no role of these may: %s', async (statement) => {
  await database.sql`select invalidate_cache('bans')`
  const before = await database.sql`select * from cache_versions, cache_invalidations`
  for (const role of [reader, invalidator, writer]) {
    const attempt = role.sql.begin((tx) => tx.unsafe(statement))
    await expect(attempt).rejects.toMatchObject({ code: '42501' })
  }
  expect(await database.sql`select * from cache_versions, cache_invalidations`).toEqual(before)
})

test.each([
  'prepare_cache_invalidation()',
  'apply_cache_invalidations()',
  'log_cache_version()',
  "invalidate_cache_of_trigger('bans')",
  "invalidate_tags_of_trigger('post:{id}')",
])('a stranger may not put %s on a table of his own', async (call) => {
  const attempt = writer.sql.begin(async (tx) => {
    await tx`create temporary table own (cache text, version text, txid xid8) on commit drop`
    await tx.unsafe(`create trigger own after insert on own for each row execute function ${call}`)
  })
  await expect(attempt).rejects.toMatchObject({ code: '42501', message: /permission denied for function/ })
})

test('who is granted it may watch a table of his own', async () => {
  const owner = await createRole(database)
  await database.sql.unsafe(`
    create schema own authorization ${owner.name};
    grant select on cache_versions to ${owner.name};
    grant execute on function invalidate_cache_of_trigger() to ${owner.name}`)
  await owner.sql`create table own.posts (id int)`
  await owner.sql`select invalidate_cache_on_write('bans', 'own.posts')`
  await owner.sql`insert into own.posts values (1)`
  expect(await log()).toMatchObject([{ cache: 'bans', actor: owner.name }])
  await owner.drop()
})

test.each(['infinity', '-infinity', '10000-01-02'])(
  'the log takes no time %s, whoever writes it',
  async (time) => {
    const insertion = database.sql`
    insert into cache_invalidations (cache, version, invalidated_at) values ('bans', 'restored', ${time}::text::timestamptz)`
    await expect(insertion).rejects.toMatchObject({ constraint_name: 'cache_invalidations_time' })
  },
)
