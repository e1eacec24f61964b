import { readFile } from 'node:fs/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invalidateCache } from '../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { install } from '../test/install.ts'
import { createRole, type Role } from '../test/role.ts'
import { shadowPostgres } from '../test/shadow.ts'

let database: TestDatabase
let writer: Role
/** One connection of the one that migrates, so that what a test makes temporary stays with it. */
let sql: Sql

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  writer = await createRole(database)
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  await sql.unsafe(`
    create table posts (id int);
    select invalidate_cache_on_write('bans', 'posts');
    grant insert on posts to ${writer.name}`)
})
afterAll(async () => {
  await sql.end()
  await writer.drop()
  await database.drop()
})

async function version(schema = 'public'): Promise<string> {
  const [row] = await database.sql<{ version: string }[]>`
    select version from ${database.sql(schema)}.cache_versions where cache = 'bans'`
  return row?.version ?? ''
}

test('each function that needs the tables has a fixed path, with pg_temp last', async () => {
  const source = await readFile('lib/sql/functions.sql', 'utf8')
  const names = [...source.matchAll(/CREATE FUNCTION (\w+)/g)].map(([, name]) => name ?? '')
  const rows = await sql<{ name: string; config: string[] | null; body: string }[]>`
    select proname as name, proconfig as config, prosrc as body from pg_proc
    where pronamespace = 'public'::regnamespace`
  expect(rows.map(({ name }) => name).sort()).toEqual(names.sort())
  const callsOurs = new RegExp(
    `\\b(cache_versions|cache_invalidations|cache_version_leases\\w*|${names.join('|')})\\b`,
  )
  for (const { name, config, body } of rows) {
    const expected = callsOurs.test(body)
      ? ['search_path=pg_catalog, public, pg_temp', 'enable_seqscan=off']
      : null
    const ours = config?.filter((setting) => /^(search_path|enable_seqscan)=/.test(setting)) ?? null
    expect([name, ours]).toEqual([name, expected])
  }
})

test('temporary tables of our names swallow no invalidation', async () => {
  const connection = postgres(writer.url, { max: 1, onnotice: () => {} })
  await connection.unsafe(`
    create temporary table cache_versions (cache text, version text);
    create temporary table cache_invalidations (cache text, reason text, source text)`)
  const before = await version()
  await connection`insert into posts values (1)`
  expect(await version()).not.toBe(before)
  await connection.end()
})

test('a verb that is called beside temporary tables of our names reaches the real ones', async () => {
  await sql.begin(async (tx) => {
    await tx`create temporary table cache_versions (like public.cache_versions) on commit drop`
    await tx`create temporary table cache_invalidations (like public.cache_invalidations) on commit drop`
    await tx`select start_cache_versioning('temporary'), invalidate_cache('temporary'), invalidate_all_caches()`
    expect(await tx`select from cache_versions`).toHaveLength(0)
    expect(await tx`select from cache_invalidations`).toHaveLength(0)
  })
  const logged = sql`select from public.cache_invalidations where cache = 'temporary'`
  expect(await logged).toHaveLength(1)
})

test('invalidateCache in a transaction beside temporary tables of our names reaches the real ones', async () => {
  const before = await version()
  await drizzle(sql).transaction(async (tx) => {
    await tx.execute('create temporary table cache_versions (like public.cache_versions) on commit drop')
    await tx.execute(
      'create temporary table cache_invalidations (like public.cache_invalidations) on commit drop',
    )
    await invalidateCache('bans', { tx })
  })
  expect(await version()).not.toBe(before)
})

test('where the migrating role has a schema of its own name, writes of other roles invalidate', async () => {
  const owner = await createRole(database)
  await database.sql.unsafe(`create schema authorization ${owner.name}`)
  const migrating = postgres(owner.url, { max: 1, onnotice: () => {} })
  await install(migrating)
  await migrating.unsafe(`
    select start_cache_versioning('bans');
    create table notes (id int);
    select invalidate_cache_on_write('bans', 'notes');
    grant usage on schema ${owner.name} to ${writer.name};
    grant insert on notes to ${writer.name}`)
  const before = [await version(owner.name), await version()]
  await writer.sql.unsafe(`insert into ${owner.name}.notes values (1)`)
  expect(await version(owner.name)).not.toBe(before[0])
  expect(await version()).toBe(before[1])
  await migrating.end()
  await owner.drop()
})

test('functions and operators that stand beside the tables are not taken for those of Postgres', async () => {
  await shadowPostgres(sql, await readFile('lib/sql/functions.sql', 'utf8'))
  await sql.unsafe(`
    create table public.visits (id int, at int) partition by range (at);
    create table public.visits_old partition of public.visits for values from (0) to (100);
    select public.start_cache_versioning('shadowed');
    select public.invalidate_cache_on_write('shadowed', 'public.visits'::regclass);
    create table public.visits_new partition of public.visits for values from (100) to (200);
    insert into public.visits_new values (1, 100);
    insert into public.posts values (1);
    select public.invalidate_cache(variadic array['bans']), public.invalidate_all_caches();
    update public.cache_versions set version = 'byHand01' where cache::text = 'bans';
    select public.prune_cache_invalidations('0'::interval);
    select public.invalidate_tag(variadic array['post:1', 'settings', 'schön', 'all*', repeat('x', 600)]);
    select public.invalidate_tag_on_write('public.visits'::regclass, variadic array['visit:{id}', 'at:{at}']);
    create table public.visits_next partition of public.visits for values from (200) to (300);
    insert into public.visits values (2, 200);
    update public.visits_old set id = 3;
    truncate public.visits;
    select public.prune_cache_invalidations('0'::interval);
    select public.stop_invalidating_tag_on_write('public.visits'::regclass);
    select public.stop_invalidating_cache_on_write('shadowed', 'public.visits'::regclass);
    select public.stop_cache_versioning('shadowed');
    select public.start_cache_versioning('shadowed')`)
  await expect(sql`select public.invalidate_cache(variadic array['bnas'])`).rejects.toThrow(
    'Did you mean "bans"?',
  )
  await expect(sql`select public.start_cache_versioning('a b')`).rejects.toThrow('is not a cache name')
  const [row] = await sql`select version from public.cache_versions where cache::text = 'bans'`
  expect(row?.version).toBe('byHand01')
})
