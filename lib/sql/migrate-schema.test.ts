import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'
import { invalidateAllCaches, invalidateCache } from '../request/invalidate.ts'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { dumpData, restoreData } from '../test/dump.ts'
import { laterSql } from '../test/later-sql.ts'
import { locksOn } from '../test/locks.ts'
import { createRole } from '../test/role.ts'
import { uninstallSql } from '../test/uninstall.ts'
import { readCacheVersions } from '../versions/read.ts'
import { migrateSchema } from './migrate-schema.ts'
import { freshSql, type PackageSql, packageSql, type Step } from './package-sql.ts'

let database: TestDatabase
/** Of an app whose installation is in a schema of its own, which each test has anew. */
let url: string
let sql: Sql
let first: PackageSql
let second: PackageSql
let third: PackageSql

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  const own = new URL(database.url)
  own.searchParams.set('search_path', 'own')
  url = own.href
  sql = postgres(url, { max: 24, onnotice: () => {} })
  ;({ first, second, third } = await laterSql())
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(async () => {
  process.env.DATABASE_URL = url
  await sql`create schema own`
})
afterEach(async () => {
  await closeDatabase()
  await sql`drop schema own cascade`
})

const upgraded = (from: number, to: number) => [
  `the upgrade of next-cache-versions from schema ${from} to ${to}`,
]

async function versionOf(schema = 'own'): Promise<number> {
  const [row] = await sql`select ${sql(schema)}.cache_versions_schema_version() as version`
  return row?.version
}

async function installFirst(...caches: string[]): Promise<void> {
  await migrateSchema(sql, { sql: first })
  for (const cache of caches) await sql`select start_cache_versioning(${cache})`
}

test('of twenty that install at once one does it, and of twenty that upgrade', async () => {
  // A role may have another level by default, on which whoever waited would see nothing of what was made.
  const connection = { default_transaction_isolation: 'repeatable read' } as const
  const many = postgres(url, { max: 20, connection, onnotice: () => {} })
  const migrate = (version: PackageSql) =>
    Promise.all(Array.from({ length: 20 }, () => migrateSchema(many, { sql: version })))
  const made = ['the tables of next-cache-versions', 'the functions of next-cache-versions']
  expect((await migrate(first)).filter(({ length }) => length > 0)).toEqual([made])
  expect((await migrate(third)).filter(({ length }) => length > 0)).toEqual([upgraded(1, 3)])
  expect(await versionOf()).toBe(3)
  await many.end()
})

test('a dry run changes nothing', async () => {
  await installFirst()
  expect(await migrateSchema(sql, { sql: second, dryRun: true })).toEqual(upgraded(1, 2))
  expect(await versionOf()).toBe(1)
})

test('an upgrade leaves another installation of the database as it is', async () => {
  await installFirst('bans')
  await database.sql`create table posts (id int)`
  for (const each of [sql, database.sql]) {
    await each`select invalidate_cache_on_write('bans', 'public.posts'::regclass)`
  }
  const before = await readCatalog(database.sql)
  const versions = () => database.sql`
    select ours.version as ours, theirs.version as theirs
    from own.cache_versions as ours join public.cache_versions as theirs using (cache)`
  const [old] = await versions()
  await migrateSchema(sql, { sql: third })
  expect(await readCatalog(database.sql)).toEqual(before)
  await database.sql`insert into posts values (1)`
  const [now] = await versions()
  expect(now?.ours).not.toBe(old?.ours)
  expect(now?.theirs).not.toBe(old?.theirs)
})

test('old and new processes read and invalidate while the schema is upgraded beneath them', async () => {
  await installFirst('bans', 'settings')
  await sql`create table own.posts (id int)`
  await sql`select invalidate_cache_on_write('bans', 'own.posts'::regclass)`
  const [step] = second.steps
  if (!step) throw new Error('There is no step.')
  const stop = new AbortController()
  let rounds = 0
  async function repeat(work: () => PromiseLike<unknown>): Promise<void> {
    while (!stop.signal.aborted) {
      await work()
      rounds += 1
    }
  }
  const busy = Promise.all([
    repeat(readCacheVersions),
    repeat(() => invalidateCache('bans')),
    repeat(invalidateAllCaches),
    // A newer package calls the same functions, for a newer schema.
    repeat(() => sql`select write_cache_invalidations(array['bans'], true, null, null, null, 2)`),
    repeat(() => sql`select invalidate_all_caches()`),
    repeat(() => sql`insert into own.posts values (1)`),
    repeat(() => sql`update cache_versions set version = new_cache_version() where cache = 'settings'`),
    repeat(() => sql`select cache, version from cache_versions`),
  ])
  // An error ends the upgrades too.
  busy.catch(() => stop.abort())
  const steps: Step[] = []
  try {
    for (let from = 1; from <= 3; from++) {
      const before = rounds
      steps.push({ ...step, from, to: from + 1, sql: step.sql.replaceAll('note', `note_${from}`) })
      await migrateSchema(sql, { sql: { ...first, version: from + 1, steps } })
      await expect.poll(() => rounds > before + 20 || stop.signal.aborted, { interval: 1 }).toBe(true)
    }
  } finally {
    stop.abort()
    await busy
  }
})

test('an upgrade that waits for a transaction of the app holds up no read and no other invalidation for long', async () => {
  await installFirst('bans', 'settings')
  const open = await sql.reserve()
  await open`begin`
  await open`select invalidate_cache('bans')`
  const upgrade = migrateSchema(sql, { sql: second })
  try {
    const waiting = async () => (await locksOn(sql, 'cache_versions')).filter(({ granted }) => !granted)
    await expect.poll(waiting, { interval: 1 }).toHaveLength(1)
    const start = performance.now()
    await Promise.all([readCacheVersions(), invalidateCache('settings')])
    expect(performance.now() - start).toBeLessThan(1500)
  } finally {
    await open`commit`
    open.release()
  }
  expect(await upgrade).toEqual(upgraded(1, 2))
})

test('after a breaking upgrade an older package reads, and its invalidations are refused', async () => {
  await installFirst('bans')
  await migrateSchema(sql, { sql: third })
  const before = await readCacheVersions()
  await expect(invalidateCache('bans')).rejects.toMatchObject({
    code: 'unsupported-schema',
    message: expect.stringMatching(
      /is version 3, on which a package made for 2 cannot invalidate\. Upgrade the package: pnpm add next-cache-versions@latest$/,
    ),
  })
  expect(await readCacheVersions()).toEqual(before)
  await sql`select invalidate_cache('bans')`
  expect(await readCacheVersions()).not.toEqual(before)
})

test('an older package migrates nothing in a newer schema, and refuses where that breaks it', async () => {
  await migrateSchema(sql, { sql: second })
  expect(await migrateSchema(sql, { sql: first })).toEqual([])
  await migrateSchema(sql, { sql: third })
  await expect(migrateSchema(sql, { sql: second })).rejects.toMatchObject({ code: 'unsupported-schema' })
})

test('the restore of an older dump is upgraded again, with its rows', async () => {
  await installFirst('bans', 'settings')
  await sql`select invalidate_all_caches()`
  const dump = await dumpData(sql, 'own')
  await migrateSchema(sql, { sql: third })
  await sql`drop schema own cascade`
  await sql`create schema own`
  await sql.begin((tx) => tx.unsafe(freshSql(first)))
  await restoreData(sql, dump, { disableTriggers: true })
  expect(await versionOf()).toBe(1)
  expect(await migrateSchema(sql, { sql: third })).toEqual(upgraded(1, 3))
  const [line] = await sql`select count(*)::int, count(note)::int as notes from cache_invalidations`
  expect(line).toEqual({ count: 2, notes: 0 })
})

test('a role that does not own the tables is told who does', async () => {
  await installFirst()
  const role = await createRole(database)
  await sql`grant usage on schema own to ${sql(role.name)}`
  const theirs = postgres(Object.assign(new URL(url), { username: role.name }).href, { max: 1 })
  await expect(migrateSchema(theirs, { sql: second })).rejects.toMatchObject({
    code: 'not-migrated',
    message: expect.stringMatching(
      /^\[cache-versions\] The role "role_.*" may not change .* Run this as "\w+", who owns them\.$/,
    ),
  })
  await sql`create schema empty`
  await sql`grant usage on schema empty to ${sql(role.name)}`
  await theirs`set search_path = empty`
  await expect(migrateSchema(theirs, { sql: second })).rejects.toThrow(
    'grant create on schema "empty" to "role_',
  )
  await theirs`set search_path = missing`
  await expect(migrateSchema(theirs, { sql: second })).rejects.toThrow('No schema of search_path exists')
  await theirs.end()
  await role.drop()
})

test('functions that tell no version are not upgraded', async () => {
  await installFirst()
  await sql`drop function cache_versions_schema_version`
  await expect(migrateSchema(sql, { sql: second })).rejects.toThrow('tell no version')
})

test('what docs/upgrade.md uninstalls leaves nothing behind', async () => {
  await sql`create table own.posts (id int)`
  const before = await readCatalog(sql, 'own')
  for (const installed of [packageSql(), first]) {
    await migrateSchema(sql, { sql: installed })
    await sql`select start_cache_versioning('bans'), invalidate_cache_on_write('bans', 'own.posts'::regclass)`
    if (installed !== first) await sql`select invalidate_tag_on_write('own.posts'::regclass, 'posts')`
    await sql.begin(async (tx) => tx.unsafe(await uninstallSql()))
    expect(await readCatalog(sql, 'own')).toEqual(before)
  }
})
