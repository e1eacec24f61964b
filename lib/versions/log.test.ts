import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'
import { invalidateCache } from '../request/invalidate.ts'
import { invalidateTag } from '../request/invalidate-tag.ts'
import { freshSql } from '../sql/package-sql.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { laterSql } from '../test/later-sql.ts'
import { readLeaseHolders } from './lease-holders.ts'
import { countCaches, readCacheInvalidations, readCacheOverview } from './log.ts'
import { cacheOfTags } from './tags/cache.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  // One connection, so that its figures can be had.
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  await sql`alter table cache_invalidations set (autovacuum_enabled = off)`
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(() => sql`truncate cache_invalidations`)

/** Lines of the past, one a minute, the last of them a minute old. Every thousandth is of a cache that is rare. */
async function writeLines(count: number): Promise<void> {
  await sql.begin(async (tx) => {
    // As a restore does, without a trigger for each line.
    await tx`set local session_replication_role = replica`
    await tx`
      insert into cache_invalidations (cache, version, invalidated_at, txid)
      select case when n % 1000 = 0 then 'settings' else 'bans' end, 'aVersion', now() - n * interval '1 minute', '1'
      from generate_series(${count}::int, 1, -1) as n`
  })
}

/** Lines of tags, of which every third is of one post or another, and the oldest ones are of none that came later. */
async function writeTags(count: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into cache_invalidations (cache, tag, version, txid)
      select ${cacheOfTags}, case when n <= 50 then 'old:' || n when n % 3 = 0 then 'post:' || n % 997 else 'user:' || n end,
        'aVersion', '1'
      from generate_series(1, ${count}::int) as n`
  })
}

/** How many blocks of the log and its indexes Postgres reads for the work, from wherever it has them. */
async function blocksReadFor(work: () => Promise<unknown>): Promise<number> {
  const before = await blocks()
  await work()
  return (await blocks()) - before
}

/** A connection reports its figures when it closes. */
async function blocks(): Promise<number> {
  await closeDatabase()
  const connections = () => sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'`
  await expect.poll(async () => (await connections()).length).toBe(0)
  await sql`select pg_stat_force_next_flush()`
  const [row] = await sql<{ blocks: number }[]>`
    select (heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0))::float8 as blocks
    from pg_statio_user_tables where relname = 'cache_invalidations'`
  return row?.blocks ?? 0
}

async function prune(olderThan: string, atMost = 10_000, connection = sql): Promise<number> {
  const [row] = await connection<{ deleted: number }[]>`
    select prune_cache_invalidations(${olderThan}::interval, ${atMost}) as deleted`
  return row?.deleted ?? -1
}

test('tells who, when, why and from where, for an app, the SQL verbs, a plain UPDATE and a trigger', async () => {
  await sql`create table posts (id int)`
  await sql`select invalidate_cache_on_write('bans', 'posts')`
  const start = Date.now()
  await invalidateCache('bans', { actor: 'anna', reason: 'ban created' })
  await sql`select invalidate_cache('bans')`
  await sql`update cache_versions set version = 'byHand01' where cache = 'bans'`
  await sql`insert into posts values (1)`
  const lines = await readCacheInvalidations()
  expect(lines.map(({ actor, reason, source }) => [actor, reason, source])).toEqual([
    ['postgres', 'INSERT posts', 'trigger'],
    ['postgres', null, 'sql'],
    ['postgres', null, 'sql'],
    ['anna', 'ban created', 'app'],
  ])
  for (const { invalidatedAt } of lines) {
    expect(Math.abs(invalidatedAt.getTime() - start)).toBeLessThan(10_000)
  }
})

test('a page costs the same wherever it is and however long the log is', { timeout: 60_000 }, async () => {
  await writeLines(1000)
  await sql`vacuum analyze cache_invalidations`
  const few = await blocksReadFor(() => readCacheInvalidations())
  await writeLines(40_000)
  await sql`vacuum analyze cache_invalidations`
  const [middle] = await sql<{ id: number }[]>`
    select percentile_disc(0.5) within group (order by id)::float8 as id from cache_invalidations`
  expect(await blocksReadFor(() => readCacheInvalidations())).toBeLessThanOrEqual(few + 2)
  const deep = () => readCacheInvalidations({ before: middle?.id ?? 0 })
  expect(await deep()).toHaveLength(20)
  expect(await blocksReadFor(deep)).toBeLessThanOrEqual(few + 2)
})

test('a page of a tag costs the same however long the log is', { timeout: 60_000 }, async () => {
  const [rare, frequent] = [
    ['post:42', 'none', 'post:42*', 'old:*', 'none*'],
    ['post:*', '*'],
  ]
  const read = async (tags: readonly string[] = []) => {
    const [middle] = await sql<{ id: number }[]>`
      select percentile_disc(0.5) within group (order by id)::float8 as id from cache_invalidations`
    const counts: number[] = []
    const blocks = await blocksReadFor(async () => {
      for (const before of [middle?.id ?? 0, Number.MAX_SAFE_INTEGER]) {
        for (const tag of tags) counts.push((await readCacheInvalidations({ tag, before })).length)
      }
    })
    return { blocks, counts }
  }
  // More than it sorts begin with "post:", so it goes back through the log for them from the first time on.
  await writeTags(40_000)
  await sql`vacuum analyze cache_invalidations`
  const few = [await read(rare), await read(frequent)]
  expect(few.flatMap(({ counts }) => counts)).toEqual([6, 0, 20, 20, 0, 13, 0, 20, 20, 0, 20, 20, 20, 20])
  await writeLines(20_000)
  await writeTags(40_000)
  await sql`vacuum analyze cache_invalidations`
  // There are twice as many of them.
  expect((await read(rare)).blocks).toBeLessThanOrEqual(3 * (few[0]?.blocks ?? 0))
  expect((await read(frequent)).blocks).toBeLessThanOrEqual(1.5 * (few[1]?.blocks ?? 0))
})

test('the overview costs the same however long the log is', { timeout: 60_000 }, async () => {
  await sql`
    insert into cache_invalidations (cache, version, invalidated_at)
    values ('permissions', 'aVersion', now() - interval '1 year')`
  await writeLines(3000)
  await sql`vacuum analyze cache_invalidations`
  const few = await blocksReadFor(() => readCacheOverview())
  await writeLines(40_000)
  await sql`vacuum analyze cache_invalidations`
  expect(await blocksReadFor(() => readCacheOverview())).toBeLessThanOrEqual(few * 2)
  const [first] = await readCacheOverview()
  expect(first?.hourly.reduce((sum, count) => sum + count, 0)).toBe(1000)
})

test('a page of the overview is what follows in the order of the names, of what has the text in its name', async () => {
  const names = async (asked: Parameters<typeof readCacheOverview>[0]) =>
    (await readCacheOverview(asked)).map(({ cache }) => cache)
  const all = await names({})
  expect(all).toEqual([...all].sort())
  expect(await names({ limit: 2, offset: 1 })).toEqual(all.slice(1, 3))
  expect(await names({ limit: 2, offset: all.length })).toEqual([])
  expect(await names({ search: 'BAN' })).toEqual(['bans'])
  expect(await names({ search: 'b_ns' })).toEqual([])
  expect(await names({ search: '%' })).toEqual([])
  expect(await countCaches({ search: 'ban' })).toEqual({ all: all.length, found: 1 })
  expect(await countCaches({ search: '' })).toEqual({ all: all.length, found: all.length })
})

test('the overview tells which version the last invalidation replaced', async () => {
  const [before] = await sql`select version from cache_versions where cache = 'bans'`
  await invalidateCache('bans')
  const [bans] = await readCacheOverview({ search: 'bans' })
  expect(bans?.previousVersion).toBe(before?.version)
})

test('a page of the overview costs the same whatever the number of caches', { timeout: 60_000 }, async () => {
  await writeLines(3000)
  const page = () => readCacheOverview({ search: 'settings', limit: 50 })
  await sql`vacuum analyze cache_invalidations`
  const few = await blocksReadFor(page)
  await sql`
    insert into cache_versions (cache, version)
    select 'many-' || n, new_cache_version() from generate_series(1, 10000) as n`
  try {
    await sql`
      insert into cache_invalidations (cache, version)
      select 'many-' || n, 'aVersion' from generate_series(1, 10000) as n`
    await sql`vacuum analyze cache_invalidations`
    expect(await blocksReadFor(page)).toBeLessThanOrEqual(few * 2)
  } finally {
    await sql`delete from cache_versions where cache like 'many-%'`
  }
})

test('pruning deletes what is too old, the oldest first and in batches, and keeps each newest line', async () => {
  await writeLines(3000)
  expect(await prune('1000 minutes', 900)).toBe(900)
  const [row] =
    await sql`select min(now() - invalidated_at) < '2101 minutes' as "oldestFirst" from cache_invalidations`
  expect(row?.oldestFirst).toBe(true)
  expect(await prune('1000 minutes', 900)).toBe(900)
  expect(await prune('1000 minutes', 900)).toBe(200)
  expect(await prune('1000 minutes', 900)).toBe(0)
  expect(await prune('0')).toBe(998)
  expect(await sql`select cache from cache_invalidations order by cache`).toEqual([
    { cache: 'bans' },
    { cache: 'settings' },
  ])
})

test('pruning keeps 90 days unless told otherwise', async () => {
  await sql`
    insert into cache_invalidations (cache, version, invalidated_at)
    select 'bans', 'aVersion', now() - days * interval '1 day' from unnest(array[91, 89, 1]) as days`
  const [row] = await sql`select prune_cache_invalidations() as deleted`
  expect(row?.deleted).toBe(1)
})

test('pruning leaves alone what its own transaction has still to apply', async () => {
  await sql.begin(async (tx) => {
    await tx`select invalidate_cache('bans')`
    await tx`select prune_cache_invalidations('-1 hour')`
  })
  expect(await sql`select cache from cache_invalidations`).toEqual([{ cache: 'bans' }])
})

test('two that prune at once share the work', async () => {
  await writeLines(2001)
  const [first, second] = await Promise.all([prune('0', 1000), prune('0', 1000, database.sql)])
  const third = await prune('0')
  expect(first + second + third).toBe(1999)
})

test('a batch of pruning costs the same however long the log is', { timeout: 60_000 }, async () => {
  await writeLines(1500)
  await sql`vacuum analyze cache_invalidations`
  const few = await blocksReadFor(() => prune('0', 500))
  await sql`truncate cache_invalidations`
  await writeLines(40_000)
  await sql`vacuum analyze cache_invalidations`
  expect(await blocksReadFor(() => prune('0', 500))).toBeLessThanOrEqual(few * 2)
})

test('a line tells its tag, and for how long it was stale; the line of a cache has none', async () => {
  await invalidateTag('post:42', { expireSeconds: 60 })
  await invalidateCache('bans')
  const lines = await readCacheInvalidations()
  expect(lines.map(({ cache, tag, expireSeconds }) => ({ cache, tag, expireSeconds }))).toEqual([
    { cache: 'bans', tag: null, expireSeconds: 0 },
    { cache: cacheOfTags, tag: 'post:42', expireSeconds: 60 },
  ])
})

test('the log is searched for a tag, and for all that begin so, whatever is in them', async () => {
  const long = '日本語'.repeat(16)
  for (const tag of ['post:42', 'post:420', 'post_42', 'p%', 'café', long, `${long}!`, 'a\\b', "it's"])
    await invalidateTag(tag)
  const found = async (tag: string) => (await readCacheInvalidations({ tag })).map((line) => line.tag)
  expect(await found('post:42')).toEqual(['post:42'])
  expect(await found('post:42*')).toEqual(['post:420', 'post:42'])
  expect(await found('post_*')).toEqual(['post_42'])
  expect(await found('p%*')).toEqual(['p%'])
  expect(await found('caf%*')).toEqual(['caf%C3%A9'])
  expect(await found('café')).toEqual(['caf%C3%A9'])
  expect(await found(long)).toHaveLength(1)
  expect(await found(`${long}*`)).toHaveLength(2)
  expect(await found('a\\*')).toEqual(['a\\b'])
  expect(await found("it's*")).toEqual(["it's"])
  expect(await found('*')).toHaveLength(9)
  expect(await found('none')).toEqual([])
})

test('lines of a tag go back page by page', async () => {
  for (const n of [1, 2, 3]) await invalidateTag(`post:${n}`)
  await invalidateTag('user:1')
  for (const tag of ['post:*', '*']) {
    const [, second] = (await readCacheInvalidations({ tag: 'post:*' })) ?? []
    const older = await readCacheInvalidations({ tag, before: second?.id ?? 0 })
    expect(older.map((line) => line.tag)).toEqual(['post:1'])
  }
})

test('the cache of all tags is no cache of the overview', async () => {
  const all = await countCaches({ search: '' })
  await invalidateTag('post:42')
  expect(await countCaches({ search: '' })).toEqual(all)
  expect(await countCaches({ search: 'tags' })).toMatchObject({ found: 0 })
  expect((await readCacheOverview()).map(({ cache }) => cache)).not.toContain(cacheOfTags)
})

test('where the schema is of before leases, the log and their holders are read all the same', async () => {
  const { first } = await laterSql()
  const url = Object.assign(new URL(database.url), { search: '?search_path=former' }).href
  const former = postgres(url, { max: 1, onnotice: () => {} })
  await former`create schema former`
  await former.begin((tx) => tx.unsafe(freshSql(first)))
  await former`select start_cache_versioning('bans')`
  await former`select invalidate_cache('bans')`
  await closeDatabase()
  process.env.DATABASE_URL = url
  expect(await readCacheInvalidations()).toMatchObject([
    { cache: 'bans', tag: null, expireSeconds: 0, recalledLeases: null, recallMilliseconds: null },
  ])
  expect(await readLeaseHolders()).toEqual([])
  await expect(readCacheInvalidations({ tag: 'post:42' })).rejects.toMatchObject({ code: 'not-migrated' })
  process.env.DATABASE_URL = database.url
  await former`drop schema former cascade`
  await former.end()
})
