import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { createRole } from '../test/role.ts'
import { tagsOf } from '../test/tags.ts'
import { tagText } from '../versions/tags/text.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase([])
  sql = database.sql
  await sql`create table posts (id int, author_id int)`
})
afterAll(() => database.drop())
beforeEach(() => sql`truncate cache_invalidations`)

test('tables and columns of any name and schema are watched, under any search_path', async () => {
  await sql.unsafe(`
    create schema "Odd ""Schema";
    create table "Odd ""Schema"."Odd 'Table" ("Odd ""Column" int, "sémi;" text, tag text, "r" int)`)
  const relation = `"Odd ""Schema"."Odd 'Table"`
  await sql`select invalidate_tag_on_write(${relation}, ${`o'%s\\:{Odd "Column}:{sémi;}`}, '{tag}', '{r}')`
  await sql.begin(async (tx) => {
    await tx`set local search_path = pg_temp`
    await tx`create temporary table new_rows (id int)`
    await tx.unsafe(`insert into ${relation} values (1, 'ü', 't', 2), (null, 'x', '', null)`)
  })
  expect(await tagsOf(sql)).toEqual(['2', "o'%s\\:1:%C3%BC", 't'])
  await sql`drop schema "Odd ""Schema" cascade`
})

test.each([
  ['bool', 'true', 'true'],
  ['numeric', '1.50', '1.50'],
  ['char(5)', "'ab'", 'ab'],
  ['inet', "'10.0.0.1'", '10.0.0.1/32'],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['timestamptz', "'2026-01-02 03:04:05+00'", '2026-01-02 03:04:05+00'],
  ['date', "'2026-01-02'", '2026-01-02'],
  ['float8', '0.1::float8 + 0.2', '0.30000000000000004'],
  ['bytea', "'\\x00ff'", '\\x00ff'],
  ['interval', "'1 day 2 hours'", '1 day 02:00:00'],
  ['text[]', "'{a}'", '{a}'],
  ['jsonb', `'{"a": 1}'`, '{"a": 1}'],
  ['switch', 'true', 'true'],
  ['mood', "'glad'", 'glad'],
  ['single', "'(x)'", '(x)'],
])('a column of type %s is the same text for every writer', async (type, value, expected) => {
  await sql.unsafe(`
    create domain switch as bool;
    create type mood as enum ('glad');
    create type single as (a text);
    create table typed (value ${type});
    select invalidate_tag_on_write('typed', 'is:{value}')`)
  await sql.begin(async (tx) => {
    await tx.unsafe(`
      set local timezone = 'Asia/Tokyo'; set local datestyle = 'German'; set local extra_float_digits = -5;
      set local bytea_output = 'escape'; set local intervalstyle = 'iso_8601'`)
    await tx.unsafe(`insert into typed values (${value}), (null)`)
  })
  expect(await tagsOf(sql)).toEqual([`is:${expected}`])
  await sql.unsafe('drop table typed; drop domain switch; drop type mood, single')
})

test('a * that a column brings stands for itself, as in the tag of an entry', async () => {
  const values = ['anna*', '*', 'a*b', 'a*,b*', '**']
  await sql.unsafe(`
    create table names (name text);
    select invalidate_tag_on_write('names', 'by:{name}', '{name}')`)
  await sql`insert into names select unnest(${values}::text[])`
  const tags = values.flatMap((name) => [`by:${name}`, name]).map(tagText)
  const parts = ['by:a%2A', 'a%2A', 'b%2A']
  expect(await tagsOf(sql)).toEqual([...new Set([...tags, ...parts])].sort())
  await sql`truncate cache_invalidations`
  await sql`select invalidate_tag_on_write('names', 'of:{name}:*', 'names*')`
  await sql`insert into names values ('a*'), ('b*,c')`
  expect(await tagsOf(sql)).toEqual(['c:*', 'names*', 'of:a*:*', 'of:b%2A', 'of:b%2A,c:*'])
  await sql`drop table names`
})

test('values that a collation takes for equal have tags of their own', async () => {
  await sql.unsafe(`
    create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table slugs (slug text collate blind, other text collate "C");
    select invalidate_tag_on_write('slugs', '{slug}/{other}');
    insert into slugs values ('a', 'x'), ('A', 'x')`)
  expect(await tagsOf(sql)).toEqual(['A/x', 'a/x'])
  await sql.unsafe('drop table slugs; drop collation blind')
})

test.each([
  ['post:{idd}', 'there is no stored column "idd". There are id, author_id.'],
  ['post:{ctid}', 'there is no stored column "ctid". There are id, author_id.'],
  ['post:{id', `'post:{id' is not a pattern of tags.`],
  ['post:id}', `'post:id}' is not a pattern of tags.`],
  ['post:{}', `'post:{}' is not a pattern of tags.`],
  ['{{id}}', `'{{id}}' is not a pattern of tags.`],
  ['post:{id}*', `'post:{id}*' is not a pattern of tags.`],
  ['post*{id}', `'post*{id}' is not a pattern of tags.`],
  ['', `'' is not a pattern of tags.`],
  [null, 'NULL is not a pattern of tags.'],
])('a wrong pattern is refused at once: %s', async (pattern, message) => {
  await expect(sql`select invalidate_tag_on_write('posts', 'post:{id}', ${pattern}::text)`).rejects.toThrow(
    message,
  )
  await expect(sql`select stop_invalidating_tag_on_write('posts')`).rejects.toThrow('do not invalidate')
})

test('a column that is computed when it is read is refused, and one that is stored is not', async ({
  skip,
}) => {
  const [version] = await sql`show server_version_num`
  skip(version?.server_version_num < 180_000, 'Postgres has them from 18 on.')
  await sql.unsafe(`
    create table sums (id int, later int generated always as (id * 2) virtual,
      stored int generated always as (id * 3) stored)`)
  await expect(sql`select invalidate_tag_on_write('sums', '{later}')`).rejects.toThrow(
    'there is no stored column "later". There are id, stored.',
  )
  await sql`select invalidate_tag_on_write('sums', 'sum:{stored}')`
  await sql`insert into sums values (1)`
  expect(await tagsOf(sql)).toEqual(['sum:3'])
})

test('no pattern at all is refused', async () => {
  await expect(sql`select invalidate_tag_on_write('posts', variadic '{}')`).rejects.toThrow('not a pattern')
})

test('a write after a column was renamed fails, and says how it is mended', async () => {
  await sql`select invalidate_tag_on_write('posts', 'post:{id}')`
  await sql`alter table posts rename column id to post_id`
  await expect(sql`insert into posts values (1)`).rejects.toMatchObject({
    message:
      '[cache-versions] Writes to posts cannot invalidate "post:{id}": there is no stored column "id". There are post_id, author_id.',
    hint: "Name them all as they are now: select invalidate_tag_on_write('posts', ...);",
  })
  await sql`select invalidate_tag_on_write('posts', 'post:{post_id}')`
  await sql`insert into posts values (1)`
  expect(await tagsOf(sql)).toEqual(['post:1'])
  await sql`select stop_invalidating_tag_on_write('posts')`
  await sql`alter table posts rename column post_id to id`
})

test('a cast that the owner of a table has made does not run with our rights', async () => {
  const owner = await createRole(database)
  await sql.unsafe(`
    create schema own authorization ${owner.name};
    grant select on cache_versions to ${owner.name};
    grant execute on function invalidate_tags_of_trigger() to ${owner.name}`)
  await owner.sql.unsafe(`
    create type own.mood as enum ('glad');
    create domain own.moods as own.mood;
    create function own.cast_to_text(own.mood) returns text language plpgsql as
      $$ begin raise exception 'as %', current_user; end $$;
    create cast (own.mood as text) with function own.cast_to_text(own.mood) as implicit;
    create table own.diary (mood own.mood, moods own.moods);
    select invalidate_tag_on_write('own.diary', 'mood:{mood}', 'moods:{moods}')`)
  await owner.sql`insert into own.diary values ('glad', 'glad'), (null, null)`
  expect(await tagsOf(sql)).toEqual(['mood:glad', 'moods:glad'])
  await owner.drop()
})
