import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { laterSql } from '../test/later-sql.ts'
import { createRole, type Role } from '../test/role.ts'
import { schemaVersion } from '../versions/schema-version.ts'
import { readColumns } from '../versions/tags/permission.ts'
import { freshSql, type PackageSql, packageSql } from './package-sql.ts'
import { customMigration, upgradeSql } from './upgrade-sql.ts'

let database: TestDatabase
/** One connection, whose tables and functions are in a schema that each test has anew. */
let sql: Sql
let first: PackageSql
let second: PackageSql
let third: PackageSql

beforeAll(async () => {
  database = await createTestDatabase([])
  sql = postgres(database.url, { max: 1, connection: { search_path: 'own' }, onnotice: () => {} })
  ;({ first, second, third } = await laterSql())
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(() => sql`create schema own`)
afterEach(() => sql`drop schema own cascade`)

/** The catalog of the schema after these texts, each in a transaction. */
async function catalogOf(...texts: string[]): Promise<string[]> {
  for (const text of texts) await sql.begin((tx) => tx.unsafe(text))
  const catalog = await readCatalog(sql, 'own')
  await sql`drop schema own cascade`
  await sql`create schema own`
  return catalog
}

test('the first version with every step of the package is a fresh installation', async () => {
  const sqlOfPackage = packageSql()
  const { version } = sqlOfPackage
  const upgrade = version > 1 ? [upgradeSql({ from: 1 }, sqlOfPackage)] : []
  const fresh = await catalogOf(freshSql(sqlOfPackage))
  expect(await catalogOf(freshSql(first), ...upgrade)).toEqual(fresh)
  expect(fresh.join()).toContain('cache_versions_schema_version')
})

test('who may invalidate caches before an upgrade may invalidate tags after it', async () => {
  await sql.unsafe(freshSql(first))
  const [before, other] = await Promise.all([createRole(database), createRole(database)])
  await sql.unsafe(`
    grant insert (cache, reason, actor, source) on cache_invalidations to ${before.name};
    grant insert (reason) on cache_invalidations to ${other.name}`)
  await sql.begin((tx) => tx.unsafe(upgradeSql({ from: 1 }, packageSql())))
  const mayWrite = (role: Role) => sql`
    select bool_and(has_column_privilege(${role.name}, 'cache_invalidations', attname, 'insert')) as tags
    from pg_attribute where attrelid = 'cache_invalidations'::regclass and attname in ('tag', 'expire_seconds')`
  expect(await mayWrite(before)).toEqual([{ tags: true }])
  expect(await mayWrite(other)).toEqual([{ tags: false }])
  await before.drop()
  await other.drop()
})

test('who may read versions before an upgrade may read which tags have changed after it', async () => {
  await sql.unsafe(freshSql(first))
  const [whole, columns, other] = await Promise.all([1, 2, 3].map(() => createRole(database)))
  if (!whole || !columns || !other) throw new Error('There are no roles.')
  await sql.unsafe(`
    grant select on cache_versions to ${whole.name};
    grant select (cache, version) on cache_versions to ${columns.name}`)
  await sql.begin((tx) => tx.unsafe(upgradeSql({ from: 1 }, packageSql())))
  const mayRead = async (role: Role, names: readonly string[]) => {
    const [row] = await sql<{ may: boolean }[]>`
      select bool_and(has_column_privilege(${role.name}, 'cache_invalidations', name, 'select')) as may
      from unnest(${names}::text[]) as name`
    return row?.may
  }
  expect(await Promise.all([whole, columns, other].map((role) => mayRead(role, readColumns)))).toEqual([
    true,
    true,
    false,
  ])
  expect(await mayRead(whole, ['actor'])).toBe(false)
  for (const role of [whole, columns, other]) await role.drop()
})

test('the package knows the version of its SQL, and has a step to each version after the first', () => {
  const { version, steps } = packageSql()
  expect(version).toBe(schemaVersion)
  expect(steps.map(({ from, to }) => [from, to])).toEqual(
    Array.from({ length: version - 1 }, (_, index) => [index + 1, index + 2]),
  )
})

test('a version that is upgraded by steps, all or one by one, is a fresh installation of the last', async () => {
  const fresh = await catalogOf(freshSql(third))
  expect(await catalogOf(freshSql(first), upgradeSql({ from: 1 }, third))).toEqual(fresh)
  const one = upgradeSql({ from: 1, to: 2 }, third)
  expect(await catalogOf(freshSql(first), one, upgradeSql({ from: 2, to: 3 }, third))).toEqual(fresh)
  expect(await catalogOf(freshSql(first), one)).toEqual(await catalogOf(freshSql(second)))
})

test('a custom migration of drizzle-kit does the same statement by statement', async () => {
  const { name, statements } = customMigration({ from: 1 }, third)
  expect(name).toBe('cache_versions_3')
  await sql.unsafe(freshSql(first))
  await sql.begin(async (tx) => {
    for (const statement of statements) await tx.unsafe(statement)
    // The migrations after it wait as long as they did.
    expect([...(await tx`show lock_timeout`)]).toEqual([{ lock_timeout: '0' }])
  })
  expect(await catalogOf()).toEqual(await catalogOf(freshSql(third)))
})

test('an upgrade of another version than the installed one changes nothing, and says which that is', async () => {
  await sql.unsafe(freshSql(second))
  const before = await readCatalog(sql, 'own')
  const upgrade = upgradeSql({ from: 1 }, third)
  await expect(sql.begin((tx) => tx.unsafe(upgrade))).rejects.toThrow(
    'is version 2, and this upgrades version 1',
  )
  expect(await readCatalog(sql, 'own')).toEqual(before)
})

test('an upgrade that would make functions beside another installation is refused', async () => {
  await sql`create schema elsewhere`
  await sql`set search_path = elsewhere, public`
  await expect(sql.begin((tx) => tx.unsafe(upgradeSql({ from: 1 }, third)))).rejects.toThrow(
    'There is no cache_versions in the schema "elsewhere".',
  )
  await sql`set search_path = own`
})

test('steps that the package does not have are named', () => {
  for (const span of [{ from: 1, to: 4 }, { from: 3 }, { from: 0 }, { from: 2, to: 1 }]) {
    expect(() => upgradeSql(span, third)).toThrow('The newest version of this package is 3.')
  }
})
