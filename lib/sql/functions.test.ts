import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { upgradeSql } from './upgrade-sql.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  sql = database.sql
})
afterAll(() => database.drop())
beforeEach(() => sql`truncate cache_invalidations`)

async function version(cache: string): Promise<string | undefined> {
  const [row] = await sql`select version from cache_versions where cache = ${cache}`
  return row?.version
}

async function log() {
  return await sql`
    select cache, version, previous_version, reason, actor, source from cache_invalidations order by id`
}

test('the migration of this repository holds the step of the package', async () => {
  const migration = await readFile('drizzle/migrations/0005_cache_versions_2.sql', 'utf8')
  expect(migration).toContain(upgradeSql({ from: 1, to: 2 }).trim())
})

test('the text of the functions begins on a line of its own, whatever comment it is put after', async () => {
  const unended = '-- Custom SQL migration file, put your code below! --'
  const source = await readFile('lib/sql/functions.sql', 'utf8')
  const [firstLine, ...lines] = (unended + source).split('\n')
  expect(firstLine).toBe(unended)
  expect(lines.join('\n')).toBe(source.slice(1))
})

test('a new version is 8 random letters and digits', async () => {
  const rows = await sql<
    { version: string }[]
  >`select new_cache_version() as version from generate_series(1, 2000)`
  expect(new Set(rows.map((row) => row.version)).size).toBe(2000)
  for (const row of rows) expect(row.version).toMatch(/^[A-Za-z0-9]{8}$/)
})

test('an invalidation changes the version of the cache and leaves a line in the log', async () => {
  const before = await version('bans')
  const settings = await version('settings')
  await sql`select invalidate_cache('bans')`
  const after = await version('bans')
  expect(after).not.toBe(before)
  expect(await version('settings')).toBe(settings)
  expect(await log()).toEqual([
    {
      cache: 'bans',
      version: after,
      previous_version: before,
      reason: null,
      actor: 'postgres',
      source: 'sql',
    },
  ])
})

test('each cache of one statement gets a version of its own', async () => {
  await sql`select invalidate_all_caches()`
  expect(await version('bans')).not.toBe(await version('settings'))
})

test('a transaction bumps a cache once, at commit, however often it is invalidated', async () => {
  const before = await version('bans')
  await sql.begin(async (tx) => {
    await tx`select invalidate_cache('bans', 'bans', 'settings')`
    await tx`select invalidate_cache('bans')`
    const [row] = await tx`select version from cache_versions where cache = 'bans'`
    expect(row?.version).toBe(before)
  })
  expect(await version('bans')).not.toBe(before)
  expect((await log()).map((row) => row.cache).sort()).toEqual(['bans', 'settings'])
})

test('a rollback leaves versions and log as they were', async () => {
  const before = await version('bans')
  const failure = sql.begin(async (tx) => {
    await tx`select invalidate_cache('bans')`
    throw new Error('changed my mind')
  })
  await expect(failure).rejects.toThrow('changed my mind')
  expect(await version('bans')).toBe(before)
  expect(await log()).toEqual([])
})

test('a savepoint that is rolled back takes its invalidation with it', async () => {
  const before = [await version('bans'), await version('settings')]
  await sql.begin(async (tx) => {
    await tx`select invalidate_cache('settings')`
    await tx
      .savepoint(async (inner) => {
        await inner`select invalidate_cache('bans')`
        throw new Error('only this part')
      })
      .catch(() => {})
  })
  expect(await version('bans')).toBe(before[0])
  expect(await version('settings')).not.toBe(before[1])
})

test('a plain UPDATE of the version is an invalidation and is logged', async () => {
  const before = await version('bans')
  await sql`update cache_versions set version = 'byHand01' where cache = 'bans'`
  expect(await log()).toEqual([
    {
      cache: 'bans',
      version: 'byHand01',
      previous_version: before,
      reason: null,
      actor: 'postgres',
      source: 'sql',
    },
  ])
})

test('an UPDATE that leaves the version as it is logs nothing', async () => {
  await sql`update cache_versions set version = version`
  expect(await log()).toEqual([])
})

test('a transaction names actor and reason for all its invalidations', async () => {
  await sql.begin(async (tx) => {
    await tx`select set_config('cache_versions.actor', 'anna', true), set_config('cache_versions.reason', 'import', true)`
    await tx`select invalidate_cache('bans')`
  })
  expect(await log()).toMatchObject([{ actor: 'anna', reason: 'import' }])
})

test('an unknown cache is refused with the nearest name and the remedy', async () => {
  await expect(sql`select invalidate_cache('bnas')`).rejects.toMatchObject({
    message: '[cache-versions] Cache "bnas" is not versioned. Did you mean "bans"?',
    hint: "Start it in a migration with: select start_cache_versioning('bnas');",
  })
  await expect(sql`select invalidate_cache('weather')`).rejects.toMatchObject({
    message: '[cache-versions] Cache "weather" is not versioned.',
  })
})

test.each([
  ['', 'a', 1],
  ['bnas', 'bans', 2],
  ['kitten', 'sitting', 3],
  ['a-very-long-name', 'b-very-long-name', 1],
  ['permission', 'user/permissions', 6],
])('from %j to %j the distance is %i, and none when that is too far', async (a, b, distance) => {
  const [row] = await sql`
    select cache_name_distance(${a}, ${b}, ${distance}::int) as "there", cache_name_distance(${b}, ${a}, 9) as "back",
      cache_name_distance(${a}, ${b}, ${distance}::int - 1) as "tooFar"`
  expect(row).toEqual({ there: distance, back: distance, tooFar: null })
})

test('a typo in the longest name beside a thousand others is refused at once', async () => {
  await sql
    .begin(async (tx) => {
      await tx`
      insert into cache_versions select left(repeat(md5(n::text) || md5((n * 7)::text), 2), 128), 'aVersion'
      from generate_series(1, 1000) as n`
      const [row] = await tx<
        { cache: string }[]
      >`select max(cache) as cache from cache_versions where length(cache) = 128`
      await tx`set local statement_timeout = '1s'`
      const typo = row?.cache.replace(/.(?=.{64}$)/, 'Z')
      await expect(tx.savepoint((inner) => inner`select invalidate_cache(${typo ?? ''})`)).rejects.toThrow(
        `Did you mean "${row?.cache}"?`,
      )
      throw new Error('enough')
    })
    .catch(({ message }) => expect(message).toBe('enough'))
})

test('of many caches that are invalidated together each costs the same, however short the log was', async () => {
  const one = await sql.reserve()
  const rowsRead = async () => {
    await one`select pg_stat_force_next_flush()`
    const [row] = await one<{ rows: number }[]>`
      select (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid))::float8 as rows
      from pg_stat_user_tables t where relname = 'cache_invalidations'`
    return row?.rows ?? 0
  }
  await one`select invalidate_cache('bans')`
  await one`vacuum analyze cache_invalidations`
  await one`insert into cache_versions select 'many-' || n, 'aVersion' from generate_series(1, 2000) as n`
  const before = await rowsRead()
  await one`select invalidate_all_caches()`
  expect((await rowsRead()) - before).toBeLessThan(10 * 2000)
  expect(await one`select from cache_versions where version = 'aVersion'`).toHaveLength(0)
  await one`delete from cache_versions where cache like 'many-%'`
  one.release()
})

test.each([[''], ['with space'], ['tab\there'], ['-dash'], ['a,b'], ['x'.repeat(129)]])(
  'the name %j is refused with what is allowed',
  async (name) => {
    await expect(sql`select start_cache_versioning(${name})`).rejects.toMatchObject({
      code: '42602',
      hint: 'Use 1 to 128 characters: letters, digits, and _ . : / - after the first.',
    })
    await expect(sql`insert into cache_versions values (${name}, 'aaaaaaaa')`).rejects.toThrow()
  },
)

test('starting a cache twice keeps its version', async () => {
  await sql`select start_cache_versioning('twice')`
  const before = await version('twice')
  await sql`select start_cache_versioning('twice')`
  expect(await version('twice')).toBe(before)
  await sql`select stop_cache_versioning('twice')`
})

test('a cache that is deleted and inserted is logged as stopped and, with what it had, as started', async () => {
  await sql`select start_cache_versioning('anew')`
  const before = await version('anew')
  await sql`delete from cache_versions where cache = 'anew'`
  await sql`insert into cache_versions values ('anew', 'misago01')`
  const line = { cache: 'anew', previous_version: before, actor: 'postgres', source: 'sql' }
  expect(await log()).toEqual([
    { ...line, version: before, reason: 'stopped' },
    { ...line, version: 'misago01', reason: 'started' },
  ])
  await sql`delete from cache_versions where cache = 'anew'`
})

test('a cache that is started for the first time, or with the version that it had, invalidates nothing', async () => {
  await sql`select start_cache_versioning('first')`
  const before = await version('first')
  await sql`delete from cache_versions where cache = 'first'`
  await sql`insert into cache_versions values ('first', ${before ?? ''})`
  expect((await log()).map(({ reason }) => reason)).toEqual(['stopped'])
  await sql`delete from cache_versions where cache = 'first'`
})

test('a cache that another transaction stopped cannot be invalidated silently', async () => {
  await sql`select start_cache_versioning('doomed')`
  const failure = sql.begin(async (tx) => {
    await tx`select invalidate_cache('doomed')`
    await sql`select stop_cache_versioning('doomed')`
  })
  await expect(failure).rejects.toThrow('Cache "doomed" was stopped while this transaction invalidated it.')
})

test('the verbs reach the same tables from any search_path', async () => {
  const before = await version('bans')
  await sql.begin(async (tx) => {
    await tx`set local search_path to ''`
    await tx`select public.invalidate_cache('bans')`
  })
  expect(await version('bans')).not.toBe(before)
})

test('log lines restored from another server never swallow an invalidation', async () => {
  const before = await version('bans')
  await sql.begin(async (tx) => {
    await tx`insert into cache_invalidations (cache, version, txid) values ('bans', 'restored', pg_current_xact_id())`
    await tx`select invalidate_cache('bans')`
  })
  expect(await version('bans')).not.toBe(before)
})
