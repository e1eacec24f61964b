import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshSql, packageSql } from '../sql/package-sql.ts'
import { upgradeSql } from '../sql/upgrade-sql.ts'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { laterSql } from '../test/later-sql.ts'
import { adoption } from './adoption.ts'

let database: TestDatabase
let sql: Sql

beforeAll(async () => {
  database = await createTestDatabase([])
  sql = postgres(database.url, { max: 1, connection: { search_path: 'own' }, onnotice: () => {} })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

/** The catalog after these statements, beside the table of another program. */
async function catalogOf(...statements: string[]): Promise<string[]> {
  await sql`create schema own`
  await sql`create table theirs (cache varchar(128) not null primary key, version varchar(8) not null)`
  await sql.begin(async (tx) => {
    for (const statement of statements) await tx.unsafe(statement)
  })
  const catalog = await readCatalog(sql, 'own')
  await sql`drop schema own cascade`
  return catalog
}

test('an app that adopted under the first schema recalls leases after the upgrade as one that adopts now', async () => {
  const { first } = await laterSql()
  const { statements } = adoption('theirs', 'adopt')
  const former = statements.filter((statement) => !statement.includes('recall_cache_version_leases'))
  const now = await catalogOf(freshSql(packageSql()), ...statements)
  expect(now.filter((line) => /^trigger .* ON own.theirs .*recall_.* A$/.test(line))).toHaveLength(2)
  expect(await catalogOf(freshSql(first), ...former, upgradeSql({ from: 1 }))).toEqual(now)
})
