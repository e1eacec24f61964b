import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  sql = database.sql
  await sql.unsafe(`
    create table posts (id int primary key, title text);
    create table comments (id int primary key, post int references posts on delete cascade on update cascade);
    create view titles as select id, title from posts;
    create table visits (id int, at int) partition by range (at);
    create table visits_old partition of visits for values from (0) to (100);
    create table visits_mid partition of visits for values from (100) to (200) partition by range (id);
    create table visits_mid_low partition of visits_mid for values from (0) to (1000);
    create table animals (id int);
    create table cats () inherits (animals);
    select invalidate_cache_on_write('bans', 'posts');
    select invalidate_cache_on_write('bans', 'visits');
    select invalidate_cache_on_write('bans', 'animals');`)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`truncate posts, comments, visits, animals`
  await sql`insert into posts values (1, 'a'), (2, 'b')`
  await sql`insert into comments values (1, 1), (2, 1)`
  await sql`insert into visits values (1, 1), (2, 101)`
  await sql`truncate cache_invalidations`
})

/** Why each invalidation happened, in the order of the log. */
async function reasons(): Promise<string[]> {
  const rows =
    await sql`select cache || ': ' || reason as line from cache_invalidations where source = 'trigger' order by id`
  return rows.map(({ line }) => line)
}

test.each([
  ['INSERT', 'INSERT', "insert into posts values (3, 'a'), (4, 'b')"],
  ['UPDATE', 'UPDATE', "update posts set title = 'c'"],
  [
    'upsert',
    'UPDATE',
    "insert into posts values (1, 'd') on conflict (id) do update set title = excluded.title",
  ],
  ['DELETE', 'DELETE', 'delete from posts where id = 1'],
  ['TRUNCATE', 'TRUNCATE', 'truncate posts cascade'],
  [
    'MERGE',
    'INSERT',
    "merge into posts using (values (3)) as v(id) on posts.id = v.id when not matched then insert values (v.id, 'm')",
  ],
  ['a CTE', 'DELETE', 'with gone as (delete from posts where id = 2 returning *) select * from gone'],
  ['a write through a view', 'UPDATE', "update titles set title = 'v' where id = 1"],
  ['INSERT of a SELECT', 'INSERT', 'insert into posts select 5 where false'],
  ['a function', 'DELETE', 'do $$ begin delete from posts; insert into posts values (9); end $$'],
])('%s on a watched table invalidates the cache once', async (_, operation, statement) => {
  await sql.unsafe(statement)
  expect(await reasons()).toEqual([`bans: ${operation} posts`])
})

test('COPY into a watched table invalidates the cache', async () => {
  const copy = await sql`copy posts from stdin`.writable()
  await new Promise<void>((resolve, reject) => {
    copy.once('error', reject)
    copy.end('71\tcopied\n72\tcopied\n', () => resolve())
  })
  await expect.poll(reasons).toEqual(['bans: INSERT posts'])
})

test('a cascade from another table invalidates the cache', async () => {
  await sql`select invalidate_cache_on_write('settings', 'comments')`
  await sql`delete from posts where id = 1`
  expect(await reasons()).toEqual(['bans: DELETE posts', 'settings: DELETE comments'])
  await sql`select stop_invalidating_cache_on_write('settings', 'comments')`
})

test('many statements in a transaction invalidate the cache once, under the reason of the first', async () => {
  await sql.begin(async (tx) => {
    for (let id = 10; id < 30; id++) await tx`insert into posts values (${id}, 'x')`
    await tx`delete from posts`
  })
  expect(await reasons()).toEqual(['bans: INSERT posts'])
})

test('a statement that fails, or is rolled back with its savepoint, invalidates nothing', async () => {
  await expect(sql`insert into posts values (1, 'again')`).rejects.toThrow('duplicate key')
  await sql.begin(async (tx) => {
    await tx
      .savepoint(async (inner) => {
        await inner`delete from posts`
        throw new Error('only this part')
      })
      .catch(() => {})
  })
  expect(await reasons()).toEqual([])
})

test('a statement that finds no row invalidates the cache as well', async () => {
  await sql`update posts set title = 'nobody' where id = -1`
  expect(await reasons()).toEqual(['bans: UPDATE posts'])
})

test('a transaction says for its triggers too who it is and why', async () => {
  await sql.begin(async (tx) => {
    await tx`select set_config('cache_versions.actor', 'anna', true), set_config('cache_versions.reason', 'import', true)`
    await tx`delete from posts`
  })
  expect(await sql`select reason, actor, source from cache_invalidations`).toEqual([
    { reason: 'import', actor: 'anna', source: 'trigger' },
  ])
})

test('a write over the simple protocol, as psql sends it, invalidates the cache', async () => {
  await sql
    .unsafe("insert into posts values (50, 'psql'); update posts set title = 'twice' where id = 50")
    .simple()
  expect(await reasons()).toEqual(['bans: INSERT posts'])
})

test.each([
  ['through its parent', 'insert into visits values (3, 3), (3, 103)', ['INSERT visits']],
  ['that names a partition', 'insert into visits_old values (3, 3)', ['INSERT visits_old']],
  ['that names a partition of a partition', 'delete from visits_mid_low', ['DELETE visits_mid_low']],
  ['that moves a row to another', 'update visits set at = at + 100 where at < 100', ['UPDATE visits']],
  ['that empties one', 'truncate visits_old', ['TRUNCATE visits_old']],
  ['that names an inheriting table', 'insert into cats values (1)', ['INSERT cats']],
])('a write to a partitioned table %s invalidates the cache', async (_, statement, expected) => {
  await sql.unsafe(statement)
  expect(await reasons()).toEqual(expected.map((reason) => `bans: ${reason}`))
})

test('partitions that are made or attached later are watched row by row', async () => {
  await sql.unsafe(`
    create table visits_new partition of visits for values from (200) to (300);
    create table visits_mid_high partition of visits_mid for values from (1000) to (2000);
    create table visits_attached (id int, at int);
    insert into visits_attached values (1, 300);
    alter table visits attach partition visits_attached for values from (300) to (400);`)
  await sql`insert into visits_new select n, 200 from generate_series(1, 5) as n`
  await sql`insert into visits_mid_high values (1000, 100)`
  await sql`update visits_attached set id = 2`
  await sql`delete from visits where at = 200`
  expect(await reasons()).toEqual([
    'bans: INSERT visits_new',
    'bans: INSERT visits_mid_high',
    'bans: UPDATE visits_attached',
    'bans: DELETE visits_new',
  ])

  await sql`truncate cache_invalidations`
  await sql`truncate visits_new`
  expect(await reasons()).toEqual([])
  await sql`select invalidate_cache_on_write('bans', 'visits')`
  await sql`truncate visits_new`
  await sql`insert into visits_attached values (3, 301), (4, 302)`
  expect(await reasons()).toEqual(['bans: TRUNCATE visits_new', 'bans: INSERT visits_attached'])
  await sql.unsafe('drop table visits_new, visits_mid_high, visits_attached')
})

test('a row of a later partition that a savepoint takes back leaves the next one its say', async () => {
  await sql`create table visits_new partition of visits for values from (200) to (300)`
  await sql.begin(async (tx) => {
    await tx
      .savepoint(async (inner) => {
        await inner`insert into visits_new values (1, 200)`
        throw new Error('only this part')
      })
      .catch(() => {})
    await tx`insert into visits_new values (2, 200)`
  })
  expect(await reasons()).toEqual(['bans: INSERT visits_new'])
  await sql`drop table visits_new`
})

test('starting and stopping leaves the schema as it was, and starting again is the same again', async () => {
  const long = 'x'.repeat(128)
  const watch = async () => {
    for (const cache of ['my_cache', long]) {
      await sql`select start_cache_versioning(${cache})`
      for (const table of ['posts', 'visits', 'animals']) {
        await sql`select invalidate_cache_on_write(${cache}, ${table})`
        await sql`select invalidate_cache_on_write(${cache}, ${table})`
      }
    }
  }
  const before = await readCatalog(sql)
  await watch()
  const watched = await readCatalog(sql)
  expect(watched.length).toBe(before.length + 2 * (1 + (4 + 4) + 2))
  await sql`select stop_cache_versioning('my_cache'), stop_cache_versioning(${long})`
  expect(await readCatalog(sql)).toEqual(before)
  await watch()
  expect(await readCatalog(sql)).toEqual(watched)
  await sql`select stop_cache_versioning('my_cache'), stop_cache_versioning(${long})`
  await sql`insert into posts values (100, 'z')`
})

test('a table that is no longer watched invalidates nothing', async () => {
  const before = await readCatalog(sql)
  await sql`select invalidate_cache_on_write('settings', 'visits')`
  await sql`select stop_invalidating_cache_on_write('settings', 'visits')`
  expect(await readCatalog(sql)).toEqual(before)
  await sql`insert into visits_old values (9, 9)`
  expect(await reasons()).toEqual(['bans: INSERT visits_old'])
})

test('to stop what was not started is an error', async () => {
  const failure = sql`select stop_invalidating_cache_on_write('settings', 'posts')`
  await expect(failure).rejects.toThrow(
    '[cache-versions] Writes to posts do not invalidate cache "settings".',
  )
  await expect(sql`select invalidate_cache_on_write('bnas', 'posts')`).rejects.toThrow('Did you mean "bans"?')
})
