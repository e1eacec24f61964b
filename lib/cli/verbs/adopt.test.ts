import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { invalidateAllCaches, invalidateCache } from '../../request/invalidate.ts'
import { type App, createApp, drizzleJson } from '../../test/app.ts'
import { readCatalog } from '../../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { createRole, type Role } from '../../test/role.ts'
import { callVerb } from '../../test/verb.ts'
import { readCacheVersions } from '../../versions/read.ts'
import type { CacheName } from '../../versions/register.ts'

let database: TestDatabase
let sql: TestDatabase['sql']
let project: App
let before: string[]
/** Misago's own, which owns its table and has no right on ours. */
let misago: Role
/** That of the app's servers, which migrates nothing. */
let app: Role

beforeAll(async () => {
  project = await createApp({ 'drizzle.config.json': drizzleJson })
  database = await createTestDatabase(['bans', 'settings', 'ours'])
  sql = database.sql
  // As Django makes it for Misago, whose rows are there before ours.
  await sql.unsafe(`
    create table misago_cache_cacheversion (cache varchar(128) not null primary key, version varchar(8) not null);
    create index misago_cache_cacheversion_cache_like on misago_cache_cacheversion (cache varchar_pattern_ops);
    insert into misago_cache_cacheversion values ('bans', 'misago01'), ('permissions', 'misago02'), ('theirs', 'misago03')`)
  misago = await createRole(database)
  app = await createRole(database)
  await sql.unsafe(`
    alter table misago_cache_cacheversion owner to ${misago.name};
    grant select on cache_versions to ${app.name} with grant option;
    grant update (version) on cache_versions to ${app.name};
    grant select on cache_versions to public;
    grant insert (cache, tag, expire_seconds, reason, actor, source) on cache_invalidations to ${app.name}`)
  before = await readCatalog(sql)
  await adopt('--table', 'misago_cache_cacheversion')
})
afterAll(async () => {
  await sql`drop table misago_cache_cacheversion cascade`
  for (const role of [misago, app]) await role.drop()
  await database.drop()
  await project.remove()
})
beforeEach(() => sql`truncate cache_invalidations`)

async function adopt(...args: string[]): Promise<void> {
  expect(await callVerb(['adopt', ...args], { cwd: project.folder })).toMatchObject({ code: 0, stderr: '' })
  await project.migrate(sql)
}

async function ourVersions(): Promise<Record<string, string>> {
  return await readCacheVersions()
}

async function theirVersions(): Promise<Record<string, string>> {
  const rows = await sql<
    { cache: string; version: string }[]
  >`select cache, version from misago_cache_cacheversion where cache <> cache_of_tags()`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

/** What Misago's `invalidate_cache` runs. */
async function theyInvalidate(cache: string, version: string): Promise<void> {
  await misago.sql`
    UPDATE "misago_cache_cacheversion" SET "version" = ${version} WHERE "misago_cache_cacheversion"."cache" = ${cache}`
}

test('both sides have every cache of either, those of both with the version of the adopted table', async () => {
  expect(await ourVersions()).toEqual(await theirVersions())
  expect(await ourVersions()).toMatchObject({ bans: 'misago01', permissions: 'misago02', theirs: 'misago03' })
  expect(await ourVersions()).toHaveProperty('ours')
})

test('an invalidation by the role of the other side is read by this one, and logged under its name', async () => {
  const { bans: previous } = await ourVersions()
  await theyInvalidate('bans', 'abcdefgh')
  expect((await ourVersions()).bans).toBe('abcdefgh')
  expect(
    await sql`select cache, version, previous_version as previous, actor from cache_invalidations`,
  ).toEqual([{ cache: 'bans', version: 'abcdefgh', previous, actor: misago.name }])
})

test('a cache that the other side stops and starts, as its migrations do, is invalidated and logged', async () => {
  const { permissions: previous } = await ourVersions()
  await misago.sql`DELETE FROM "misago_cache_cacheversion" WHERE "cache" = 'permissions'`
  await misago.sql`INSERT INTO "misago_cache_cacheversion" ("cache", "version") VALUES ('permissions', 'misago09')`
  expect(
    await sql`select version, previous_version as previous, reason from cache_invalidations order by id`,
  ).toEqual([
    { version: previous, previous, reason: 'stopped' },
    { version: 'misago09', previous, reason: 'started' },
  ])
})

test('who could use the versions before may use them likewise', async () => {
  const { settings } = await ourVersions()
  await app.sql`select invalidate_cache('settings')`
  expect((await ourVersions()).settings).not.toBe(settings)
  await app.sql`update cache_versions set version = 'byHand02' where cache = 'settings'`
  expect(await ourVersions()).toHaveProperty('settings', 'byHand02')
  await expect(app.sql`delete from cache_versions`).rejects.toThrow('permission denied')
})

test('an invalidation by this side is read by the other, at commit and once', async () => {
  const first = await theirVersions()
  await drizzle(sql).transaction(async (tx) => {
    await invalidateCache('theirs' as CacheName, { tx })
    await invalidateCache('theirs' as CacheName, { tx })
    expect(await theirVersions()).toEqual(first)
  })
  const second = await theirVersions()
  expect(second).toEqual({ ...first, theirs: expect.stringMatching(/^[A-Za-z0-9]{8}$/) })
  expect(second.theirs).not.toBe(first.theirs)
  expect(await sql`select cache, version from cache_invalidations`).toEqual([
    { cache: 'theirs', version: second.theirs },
  ])
  await invalidateAllCaches()
  for (const [cache, version] of Object.entries(await theirVersions())) {
    expect(version).not.toBe(second[cache])
  }
})

test('a transaction of either side that rolls back changes nothing', async () => {
  const versions = await theirVersions()
  const ours = drizzle(sql).transaction(async (tx) => {
    await invalidateCache('bans', { tx })
    tx.rollback()
  })
  const theirs = sql.begin(async (tx) => {
    await tx`update misago_cache_cacheversion set version = 'lost0000' where cache = 'bans'`
    throw new Error('rolled back')
  })
  await Promise.all([expect(ours).rejects.toThrow('Rollback'), expect(theirs).rejects.toThrow('rolled back')])
  expect(await theirVersions()).toEqual(versions)
  expect(await sql`select from cache_invalidations`).toHaveLength(0)
})

test('a cache that one side starts or stops is started or stopped for the other', async () => {
  await sql`INSERT INTO "misago_cache_cacheversion" ("cache", "version") VALUES ('started_there', 'misago04')`
  await sql`select start_cache_versioning('started_here')`
  expect(await ourVersions()).toHaveProperty('started_there', 'misago04')
  expect(await theirVersions()).toHaveProperty('started_here')
  await invalidateCache('started_there' as CacheName)
  await sql`delete from misago_cache_cacheversion where cache = 'started_here'`
  await sql`select stop_cache_versioning('started_there')`
  expect(await ourVersions()).not.toHaveProperty('started_here')
  expect(await theirVersions()).not.toHaveProperty('started_there')
  await expect(invalidateCache('started_here' as CacheName)).rejects.toMatchObject({ code: 'unknown-cache' })
})

test('a trigger of this side bumps the version of the other, and names are checked on both', async () => {
  await sql`create table posts (id int)`
  await sql`select invalidate_cache_on_write('theirs', 'posts')`
  const { theirs } = await theirVersions()
  await sql`insert into posts values (1)`
  expect((await theirVersions()).theirs).not.toBe(theirs)
  await expect(sql`insert into misago_cache_cacheversion values ('a b', 'misago05')`).rejects.toThrow(
    'cache_versions_cache_name',
  )
  await sql`select stop_invalidating_cache_on_write('theirs', 'posts')`
  await sql`drop table posts`
})

test('reversed, the schema is as it was and this side keeps the versions', async () => {
  const versions = await theirVersions()
  await adopt('--table', 'misago_cache_cacheversion', '--reverse')
  expect(await readCatalog(sql)).toEqual(before)
  expect(await ourVersions()).toEqual(versions)
  await invalidateCache('bans')
  expect(await theirVersions()).toEqual(versions)
})

test('without a table it is wrong usage', async () => {
  const { code, stderr } = await callVerb(['adopt'], { cwd: project.folder })
  expect(stderr).toContain('No table is named')
  expect(code).toBe(2)
})
