import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { tagsOf } from '../test/tags.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  sql = database.sql
  await sql.unsafe(`
    create table posts (id int primary key, author_id int, title text);
    create table comments (id int primary key, post int references posts on delete cascade);
    create view titles as select id, title from posts;
    select invalidate_tag_on_write('posts', 'post:{id}', 'author:{author_id}', 'posts');
    select invalidate_tag_on_write('comments', 'comment:{id}:of:{post}')`)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate posts, comments`
  await sql`insert into posts values (1, 7, 'a'), (2, null, 'b')`
  await sql`insert into comments values (1, 1), (2, 1)`
  await sql`truncate cache_invalidations`
})

test.each([
  ['INSERT', "insert into posts values (3, 8, 'a'), (4, 8, 'b')", ['author:8', 'post:3', 'post:4']],
  [
    'UPDATE, by old and new values',
    'update posts set author_id = 8',
    ['author:7', 'author:8', 'post:1', 'post:2'],
  ],
  ['UPDATE of another column', "update posts set title = 'c' where id = 2", ['post:2']],
  ['UPDATE of the key', 'update posts set id = 5 where id = 2', ['post:2', 'post:5']],
  ['DELETE', 'delete from posts where id = 2', ['post:2']],
  ['TRUNCATE', 'truncate posts cascade', ['author:*', 'comment:*', 'post:*']],
  [
    'upsert',
    "insert into posts values (2, 9, 'd'), (3, null, 'e') on conflict (id) do update set author_id = 9",
    ['author:9', 'post:2', 'post:3'],
  ],
  [
    'MERGE',
    `merge into posts using (values (1), (2), (3)) as v(id) on posts.id = v.id
      when matched and v.id = 1 then delete when matched then update set title = 'm'
      when not matched then insert values (v.id, 3)`,
    ['author:3', 'author:7', 'comment:1:of:1', 'comment:2:of:1', 'post:1', 'post:2', 'post:3'],
  ],
  ['a CTE', 'with gone as (delete from posts where id = 2 returning *) select * from gone', ['post:2']],
  ['a write through a view', "update titles set title = 'v' where id = 2", ['post:2']],
  ['a cascade', 'delete from posts where id = 1', ['author:7', 'comment:1:of:1', 'comment:2:of:1', 'post:1']],
])('%s invalidates the tags of its rows', async (_, statement, expected) => {
  await sql.unsafe(statement)
  expect(await tagsOf(sql)).toEqual([...expected, 'posts'].sort())
})

test('COPY invalidates the tags of its rows', async () => {
  await pipeline(Readable.from(['71\t5\tx\n72\t\\N\ty\n']), await sql`copy posts from stdin`.writable())
  await expect.poll(() => tagsOf(sql)).toEqual(['author:5', 'post:71', 'post:72', 'posts'])
})

test.each(["update posts set title = 'nobody' where id = -1", 'insert into posts select 5 where false'])(
  'a statement that changes no row invalidates no tag: %s',
  async (statement) => {
    await sql.unsafe(statement)
    expect(await tagsOf(sql)).toEqual([])
  },
)

test('the log says who has written, and why', async () => {
  await sql`delete from comments where id = 1`
  await sql.begin(async (tx) => {
    await tx`select set_config('cache_versions.actor', 'anna', true), set_config('cache_versions.reason', 'import', true)`
    await tx`delete from comments`
  })
  const [{ user } = { user: '' }] = await sql<{ user: string }[]>`select session_user::text as user`
  expect(await sql`select actor, reason, source from cache_invalidations order by id`).toEqual([
    { actor: user, reason: 'DELETE comments', source: 'trigger' },
    { actor: 'anna', reason: 'import', source: 'trigger' },
  ])
})

test('a statement that fails, or is rolled back with its savepoint, invalidates nothing', async () => {
  await expect(sql`insert into posts values (1)`).rejects.toThrow('duplicate key')
  await sql.begin(async (tx) => {
    await tx
      .savepoint(async (inner) => {
        await inner`insert into posts select n from generate_series(10, 2000) as n`
        throw new Error('only this part')
      })
      .catch(() => {})
    await tx`insert into posts values (3)`
  })
  expect(await tagsOf(sql)).toEqual(['post:3', 'posts'])
})

test('a tag that names a cache invalidates the cache, of many rows too', async () => {
  const versions = () => sql`select version from cache_versions where cache = 'bans'`
  await sql`create table names (cache text)`
  await sql`select invalidate_tag_on_write('names', 'ban{cache}')`
  for (const write of [
    "insert into names values ('s')",
    "insert into names select 'x' || n from generate_series(1, 1001) as n",
    'truncate names',
  ]) {
    const [before] = await versions()
    await sql.unsafe(write)
    expect((await versions())[0]).not.toEqual(before)
  }
  await sql`drop table names`
})

test('a thousand tags of a pattern are named, and for more one stands for all', async () => {
  await sql`insert into posts select n, n % 3 from generate_series(11, 1010) as n`
  expect(await tagsOf(sql)).toHaveLength(1000 + 3 + 1)
  await sql`truncate cache_invalidations`
  await sql`update posts set author_id = author_id where id > 9`
  expect(await tagsOf(sql)).toHaveLength(1000 + 3 + 1)
  await sql`truncate cache_invalidations`
  await sql`insert into posts select n, n % 3 from generate_series(2000, 3000) as n`
  expect(await tagsOf(sql)).toEqual(['author:0', 'author:1', 'author:2', 'post:*', 'posts'])
})

test('for more than a thousand statements of a transaction one stands for all as well', async () => {
  await sql`do $$ begin for n in 2000 .. 3100 loop insert into posts values (n, 3); end loop; end $$`
  const tags = await tagsOf(sql)
  expect(tags).toHaveLength(1000 + 4)
  expect(tags).toEqual(expect.arrayContaining(['author:*', 'author:3', 'post:*', 'posts']))
})

test('other patterns count anew in the transaction that has many of the first', async () => {
  await sql.begin(async (tx) => {
    await tx`create table notes (id int)`
    await tx`select invalidate_tag_on_write('notes', 'n:{id}')`
    await tx`insert into notes select generate_series(1, 1001)`
    await tx`select invalidate_tag_on_write('notes', 'note:{id}')`
    await tx`insert into notes values (1)`
    await tx`drop table notes`
  })
  expect(await tagsOf(sql)).toEqual(['n:*', 'note:1'])
})

test('another transaction of the session counts anew', async () => {
  const session = await sql.reserve()
  for (const id of [10_000, 20_000]) {
    await session`insert into posts select n from generate_series(${id}::int, ${id + 1000}::int) as n`
    expect(await tagsOf(sql)).toContain('post:*')
  }
  await sql`truncate cache_invalidations`
  await session`insert into posts values (30000)`
  session.release()
  expect(await tagsOf(sql)).toEqual(['post:30000', 'posts'])
})

test('the patterns of a second call replace the first, and the end of it leaves the schema as it was', async () => {
  await sql`create table notes (id int)`
  const before = await readCatalog(sql)
  await sql`select invalidate_tag_on_write('notes', 'n:{id}', 'notes')`
  await sql`select invalidate_tag_on_write('notes', 'note:{id}')`
  const watched = await readCatalog(sql)
  await sql`select invalidate_tag_on_write('notes', 'note:{id}')`
  expect(await readCatalog(sql)).toEqual(watched)
  await sql`insert into notes values (1)`
  expect(await tagsOf(sql)).toEqual(['note:1'])
  await sql`select stop_invalidating_tag_on_write('notes')`
  expect(await readCatalog(sql)).toEqual(before)
  await expect(sql`select stop_invalidating_tag_on_write('notes')`).rejects.toThrow(
    '[cache-versions] Writes to notes do not invalidate tags.',
  )
  await sql`drop table notes`
})
