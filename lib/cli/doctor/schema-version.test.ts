import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { versionFindings } from './schema-version.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('the version that the schema tells is compared with that of the package', async () => {
  const states = async (newest: number) =>
    (await versionFindings(database.sql, 'migrate', newest)).map(({ state, remedy }) => [state, remedy])
  await database.sql.unsafe(`
    create or replace function cache_versions_schema_version() returns int language sql stable return 3;
    create or replace function cache_versions_breaking_version() returns int language sql stable return 2`)
  expect(await states(3)).toEqual([['ok', undefined]])
  expect(await states(4)).toEqual([['warning', 'migrate']])
  expect(await states(2)).toEqual([['ok', undefined]])
  expect(await states(1)).toEqual([['wrong', 'Upgrade the package next-cache-versions.']])
})
