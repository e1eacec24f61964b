import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { tagsOf } from '../test/tags.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase([])
  sql = database.sql
  await sql.unsafe(`
    create table visits (id int, at int) partition by range (at);
    create table visits_old partition of visits for values from (0) to (100);
    create table visits_mid (x text, at int, id int) partition by range (id);
    alter table visits_mid drop column x;
    alter table visits attach partition visits_mid for values from (100) to (200);
    create table visits_mid_low partition of visits_mid for values from (0) to (1000);
    create table animals (id int);
    create table cats (legs int) inherits (animals);
    select invalidate_tag_on_write('visits', 'visit:{id}:{at}');
    select invalidate_tag_on_write('animals', 'animal:{id}')`)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate visits, animals`
  await sql`insert into visits values (1, 1), (2, 101)`
  await sql`insert into cats values (1, 4)`
  await sql`truncate cache_invalidations`
})

test.each([
  ['through its parent', 'insert into visits values (3, 3), (3, 103)', ['visit:3:103', 'visit:3:3']],
  ['that names a partition', 'insert into visits_old values (3, 3)', ['visit:3:3']],
  ['that names a partition of a partition', 'delete from visits_mid_low', ['visit:2:101']],
  ['that moves a row to another', 'update visits set at = 150 where id = 1', ['visit:1:1', 'visit:1:150']],
  ['that empties one', 'truncate visits_old', ['visit:*']],
  ['that names an inheriting table', 'insert into cats values (2, 3)', ['animal:2']],
  ['of an inheriting table through its parent', 'delete from animals', ['animal:1']],
])('a write to a partitioned table %s invalidates the tags of its rows', async (_, statement, expected) => {
  await sql.unsafe(statement)
  expect(await tagsOf(sql)).toEqual(expected)
})

test('partitions that are made or attached later are watched row by row, and TRUNCATE once it is called again', async () => {
  await sql.unsafe(`
    create table visits_new partition of visits for values from (200) to (300);
    create table visits_attached (x text, at int, id int);
    alter table visits_attached drop column x;
    alter table visits attach partition visits_attached for values from (300) to (400)`)
  await sql`insert into visits_new values (4, 204), (5, 205)`
  await sql`insert into visits values (6, 306)`
  await sql`update visits_attached set at = 307`
  await sql`delete from visits_new where id = 5`
  expect(await tagsOf(sql)).toEqual([
    'visit:4:204',
    'visit:5:205',
    'visit:5:205',
    'visit:6:306',
    'visit:6:306',
    'visit:6:307',
  ])
  await sql`truncate cache_invalidations`
  await sql`insert into visits_new select n, 200 from generate_series(1, 1100) as n`
  expect((await tagsOf(sql)).slice(0, 2)).toEqual(['visit:*', 'visit:1000:200'])
  expect(await tagsOf(sql)).toHaveLength(1001)
  await sql`truncate cache_invalidations`
  await sql`truncate visits_new`
  expect(await tagsOf(sql)).toEqual([])
  await sql`select invalidate_tag_on_write('visits', 'visit:{id}:{at}')`
  await sql`truncate visits_new`
  await sql`insert into visits_attached (id, at) values (8, 308)`
  expect(await tagsOf(sql)).toEqual(['visit:*', 'visit:8:308'])
  await sql`drop table visits_new, visits_attached`
})

test('a second call with other patterns replaces those of rows too, and the end leaves the schema as it was', async () => {
  await sql.unsafe(`
    create table logs (id int) partition by range (id);
    create table logs_old partition of logs for values from (0) to (100)`)
  const before = await readCatalog(sql)
  await sql`select invalidate_tag_on_write('logs', 'l:{id}')`
  await sql`select invalidate_tag_on_write('logs', 'log:{id}')`
  // What is there already is watched by statements alone.
  const [rows] = await sql`
    select tgenabled from pg_trigger where tgrelid = 'logs_old'::regclass and tgname like 'invalidate_tags_row%'`
  expect(rows).toEqual({ tgenabled: 'D' })
  await sql`create table logs_new partition of logs for values from (100) to (200)`
  await sql`insert into logs_new values (101)`
  await sql`insert into logs values (1)`
  expect(await tagsOf(sql)).toEqual(['log:1', 'log:101'])
  await sql`drop table logs_new`
  await sql`select stop_invalidating_tag_on_write('logs')`
  expect(await readCatalog(sql)).toEqual(before)
  await sql`drop table logs`
})
