import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCatalog } from '../lib/test/catalog.ts'
import { createTestDatabase, type TestDatabase } from './testing/database.ts'
import { copyProject, type ProjectCopy } from './testing/project-copy.ts'

let database: TestDatabase
let project: ProjectCopy

beforeAll(async () => {
  project = await copyProject()
  database = await createTestDatabase()
  await database.sql.unsafe(`
    create table my_table (id int);
    create table my_visits (id int, at int) partition by range (at);
    create table my_visits_old partition of my_visits for values from (0) to (100);`)
})
afterAll(async () => {
  await database.drop()
  await project.remove()
})

test('the written migrations, up, down and up, leave the schema as it was', {
  timeout: 120_000,
}, async () => {
  const start = async () => {
    const onWrite = ['--on-write', 'my_table', '--on-write', 'my_visits']
    await project.run('start-versioning.ts', 'my_cache', ...onWrite)
    await project.migrate(database.sql)
    return await readCatalog(database.sql)
  }
  const down = await readCatalog(database.sql)
  const up = await start()
  expect(up).not.toEqual(down)
  await project.run('stop-versioning.ts', 'my_cache')
  await project.migrate(database.sql)
  expect(await readCatalog(database.sql)).toEqual(down)
  expect(await start()).toEqual(up)
  expect(await project.drizzleKit('check')).toContain("Everything's fine")
})
