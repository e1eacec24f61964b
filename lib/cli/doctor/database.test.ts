import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { createRole, type Role } from '../../test/role.ts'
import { invocationOf } from '../invocation.ts'
import { databaseFindings } from './database.ts'

let database: TestDatabase
let role: Role

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  role = await createRole(database)
  await database.sql.unsafe(`
    create table visits (id int, at int) partition by range (at);
    create table visits_old partition of visits for values from (0) to (100);
    select invalidate_cache_on_write('bans', 'visits'), invalidate_tag_on_write('visits', 'visit:{id}')`)
})
afterAll(async () => {
  await role.drop()
  await database.drop()
})

/** What is not right, as this role finds it, each with what mends it. */
async function troubles(url = database.url, caches: readonly string[] = []): Promise<string[]> {
  const findings = await databaseFindings(caches, invocationOf({ env: { DATABASE_URL: url } }))
  const troubled = findings.filter(({ state }) => state !== 'ok')
  return troubled.map(({ state, found, remedy }) => `${state}: ${found}. ${remedy}`)
}

/** What is found while a statement holds, and the statement that takes it back. */
async function while_(statement: string, back: string): Promise<string[]> {
  await database.sql.unsafe(statement)
  try {
    return await troubles()
  } finally {
    await database.sql.unsafe(back)
  }
}

test('a database that is as it should be has no trouble, partitions included', async () => {
  expect(await troubles()).toEqual([])
})

test.each([
  ['apply_cache_invalidations', 'cache_invalidations'],
  ['prepare_cache_invalidation', 'cache_invalidations'],
  ['log_cache_version', 'cache_versions'],
])('the trigger %s that is off is found', async (name, table) => {
  const off = `alter table ${table} disable trigger ${name}`
  const on = `alter table ${table} enable trigger ${name}`
  const found = `wrong: The trigger ${name} of ${table} is off. alter table ${table} enable trigger "${name}"; then invalidate what was missed`
  expect(await while_(off, on)).toEqual([found])
  expect(await while_(`alter table ${table} enable replica trigger ${name}`, on)).toEqual([found])
})

test('triggers that recall leases and are not always on are found, and the remedies turn them on', async () => {
  await database.sql`alter table cache_versions enable trigger all`
  const found = await troubles()
  expect(found).toEqual([
    expect.stringContaining(
      'warning: The trigger recall_cache_version_leases of cache_versions is not always on',
    ),
    expect.stringContaining('recall_cache_version_leases_of_all of cache_versions is not always on'),
  ])
  for (const text of found) await database.sql.unsafe(/alter table [^;]*/.exec(text)?.[0] ?? '')
  expect(await troubles()).toEqual([])
})

test('a trigger on writes that is off is found, and the remedy turns it on', async () => {
  const off = 'alter table visits_old disable trigger "invalidate_cache_bans@public"'
  await database.sql.unsafe(off)
  const [found = ''] = await troubles()
  expect(found).toContain('The trigger by which writes to visits_old invalidate "bans" is off')
  await database.sql.unsafe(/alter table [^;]*/.exec(found)?.[0] ?? '')
  expect(await troubles()).toEqual([])
})

test('a trigger by which writes invalidate tags that is off is found, and the remedy turns it on', async () => {
  await database.sql.unsafe('alter table visits_old disable trigger "invalidate_tags_update@public"')
  const [found = ''] = await troubles()
  expect(found).toContain('The trigger invalidate_tags_update@public of visits_old is off')
  await database.sql.unsafe(/alter table [^;]*/.exec(found)?.[0] ?? '')
  expect(await troubles()).toEqual([])
})

test('a trigger on writes for a cache that is not started is found', async () => {
  const found = await while_(
    "delete from cache_versions where cache = 'bans'",
    "select start_cache_versioning('bans')",
  )
  expect(found).toContainEqual(
    expect.stringContaining('Writes to visits invalidate "bans", which is not started'),
  )
})

test('a cache that is listed and not started is found', async () => {
  expect(await troubles(database.url, ['bans', 'other'])).toEqual([
    expect.stringContaining('A cache is listed and not started: other'),
  ])
})

test('a database without tables, or without functions, says what makes them', async () => {
  const url = new URL('/template1', database.url).href
  expect(await troubles(url)).toEqual([
    expect.stringMatching(/^wrong: There is no table cache_versions, .*drizzle-kit migrate/),
  ])
  const renamed = 'alter function prune_cache_invalidations rename to gone'
  expect(await while_(renamed, 'alter function gone rename to prune_cache_invalidations')).toEqual([
    expect.stringContaining('Of the functions of the package 1 are missing: prune_cache_invalidations'),
  ])
})

test('tables in a schema that the role does not search are not called missing', async () => {
  const url = Object.assign(new URL(database.url), { search: '?search_path=pg_catalog' }).href
  expect(await troubles(url)).toEqual([
    expect.stringContaining(
      'cache_versions, cache_invalidations, cache_admin_tokens is in the schema "public"',
    ),
  ])
})

test('what the role may not do is found, and the grants of the remedies are enough', async () => {
  const found = await troubles(role.url)
  expect(found.map((text) => /^\w+: "role_\w+" (.*?)\./.exec(text)?.[1])).toEqual([
    'may not read versions',
    'may not read which tags have changed',
    'may not invalidate',
    'may not sign anybody in to the admin page',
  ])
  for (const text of found) await database.sql.unsafe(/grant .*/.exec(text)?.[0] ?? '')
  expect(await troubles(role.url)).toEqual([])
  await database.sql.unsafe(`revoke insert (source) on cache_invalidations from ${role.name}`)
  expect(await troubles(role.url)).toEqual([found[2]])
})

test('a role that may not write, or whose triggers are off, is found', async () => {
  await database.sql.unsafe(`alter role ${role.name} set default_transaction_read_only = on`)
  expect(await troubles(role.url)).toContainEqual(expect.stringContaining('It is read-only'))
  await database.sql.unsafe(`alter role ${role.name} set session_replication_role = replica`)
  expect(await troubles(role.url)).toContainEqual(
    expect.stringContaining('session_replication_role is replica'),
  )
  await database.sql.unsafe(`alter role ${role.name} reset all`)
})

test('a log of slow statements that the sleep of a lease would fill is found', async () => {
  await database.sql.unsafe(`alter role ${role.name} set log_min_duration_statement = 250`)
  expect(await troubles(role.url)).toContainEqual(
    expect.stringContaining('warning: Postgres logs what takes 250 ms'),
  )
  await database.sql.unsafe(`alter role ${role.name} reset all`)
})

test('a refusal and a wrong URL are findings, and show no password', async () => {
  const nobody = Object.assign(new URL(database.url), { username: 'nobody', password: 's3cret' }).href
  expect(await troubles(nobody)).toEqual([expect.stringContaining('refused: role "nobody" does not exist')])
  const found = await troubles('postgres://a:s3c/ret@localhost/x')
  expect(found).toEqual([expect.stringContaining('is not a URL of Postgres')])
  expect(found.join()).not.toContain('s3c')
})
