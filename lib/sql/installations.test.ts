import { readFile } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { install } from '../test/install.ts'

let database: TestDatabase
/** One installation beside that of the template, in a schema of its own. */
let other: Sql

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'bans_row'])
  await database.sql`create schema other`
  other = postgres(database.url, { max: 1, connection: { search_path: 'other' }, onnotice: () => {} })
  await install(other)
  await other`select start_cache_versioning('bans')`
  await database.sql.unsafe(`
    create table public.posts (id int);
    create table public.visits (id int) partition by range (id);
    create table public.visits_old partition of visits for values from (0) to (100)`)
})
afterAll(async () => {
  await other.end()
  await database.drop()
})

async function versions(): Promise<{ ours: string; theirs: string }> {
  const [row] = await database.sql<{ ours: string; theirs: string }[]>`
    select ours.version as ours, theirs.version as theirs
    from public.cache_versions ours join other.cache_versions theirs using (cache) where cache = 'bans'`
  if (!row) throw new Error('The cache is not there.')
  return row
}

test('two installations watch one table under one name, and each stops for itself', async () => {
  const catalog = await readCatalog(database.sql)
  for (const table of ['public.posts', 'public.visits']) {
    for (const sql of [database.sql, other]) await sql`select invalidate_cache_on_write('bans', ${table})`
  }
  // Watched row by row, by each of the two.
  await database.sql`create table visits_new partition of visits for values from (100) to (200)`
  for (const write of ['posts values (1)', 'visits values (1)', 'visits_new values (100)']) {
    const before = await versions()
    await database.sql.unsafe(`insert into ${write}`)
    const after = await versions()
    expect(after.ours).not.toBe(before.ours)
    expect(after.theirs).not.toBe(before.theirs)
  }
  await other`select stop_cache_versioning('bans')`
  await other`select start_cache_versioning('bans')`
  const before = await versions()
  await database.sql`insert into posts values (2)`
  const after = await versions()
  expect(after.ours).not.toBe(before.ours)
  expect(after.theirs).toBe(before.theirs)
  await database.sql`drop table visits_new`
  for (const table of ['posts', 'visits']) {
    await database.sql`select stop_invalidating_cache_on_write('bans', ${table})`
  }
  expect(await readCatalog(database.sql)).toEqual(catalog)
})

test('two installations watch one table for tags, and each stops for itself', async () => {
  await database.sql`create table public.notes (id int)`
  const catalog = await readCatalog(database.sql)
  for (const sql of [database.sql, other])
    await sql`select invalidate_tag_on_write('public.notes', 'note:{id}')`
  await database.sql`insert into notes values (1)`
  await other`select stop_invalidating_tag_on_write('public.notes')`
  await database.sql`insert into notes values (2)`
  const tagsIn = (schema: string) => database.sql`
    select tag from ${database.sql(schema)}.cache_invalidations where tag <> '' order by id`
  expect(await tagsIn('public')).toEqual([{ tag: 'note:1' }, { tag: 'note:2' }])
  expect(await tagsIn('other')).toEqual([{ tag: 'note:1' }])
  await database.sql`select stop_invalidating_tag_on_write('public.notes')`
  expect(await readCatalog(database.sql)).toEqual(catalog)
})

test('a name that ends like the trigger for rows of another takes nothing from it', async () => {
  await database.sql`select invalidate_cache_on_write('bans', 'visits')`
  await database.sql`select invalidate_cache_on_write('bans_row', 'visits')`
  await database.sql`create table visits_later partition of visits for values from (200) to (300)`
  const read = () =>
    database.sql`select cache, version from cache_versions where cache like 'bans%' order by cache`
  const before = await read()
  await database.sql`insert into visits_later values (200)`
  const after = await read()
  for (const [index, { version }] of after.entries()) expect(version).not.toBe(before[index]?.version)
})

test('functions that would be in another schema than their tables are refused', async () => {
  await database.sql`create schema tables`
  await database.sql`create schema functions`
  const sql = postgres(database.url, { max: 1, connection: { search_path: 'tables' }, onnotice: () => {} })
  await sql.unsafe(await readFile('lib/sql/tables.sql', 'utf8'))
  await sql`set search_path = functions, tables`
  await expect(sql.unsafe(await readFile('lib/sql/functions.sql', 'utf8'))).rejects.toThrow(
    'The tables are in another schema than "functions", where the functions would be.',
  )
  await sql.end()
})
