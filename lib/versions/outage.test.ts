import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'
import { forgetOutages, tellOfOutages } from '../postgres/outage.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readCacheVersions } from './read.ts'

let database: TestDatabase
const { warn } = console
let warnings: string[]

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
})
afterAll(() => database.drop())
beforeEach(() => {
  warnings = []
  console.warn = (message: string) => void warnings.push(message)
})
afterEach(async () => {
  console.warn = warn
  forgetOutages()
  process.env.DATABASE_URL = database.url
  await closeDatabase()
})

async function failure(): Promise<Error> {
  process.env.DATABASE_URL = 'postgres://127.0.0.1:1/forum'
  return await readCacheVersions().then(
    () => new Error('it was read'),
    (error) => error,
  )
}

async function success(): Promise<void> {
  process.env.DATABASE_URL = database.url
  expect(await readCacheVersions()).toHaveProperty('bans')
}

test('an outage has one warning when it begins and one line when it is over', async () => {
  tellOfOutages()
  await success()
  for (let read = 0; read < 3; read += 1) await failure()
  await success()
  await success()
  expect(warnings).toEqual([
    expect.stringContaining('[cache-versions] Postgres at 127.0.0.1:1 cannot be reached (ECONNREFUSED)'),
    expect.stringMatching(/^\[cache-versions\] Postgres answers again, after \d+ s\.$/),
  ])
})

test('trouble soon after an outage is the same one, and has no lines', async () => {
  tellOfOutages()
  for (let time = 0; time < 3; time += 1) {
    await failure()
    await success()
  }
  expect(warnings).toHaveLength(2)
})

test("the error of a request is printed in one line where the server's log has the warning", async () => {
  tellOfOutages()
  const error = await failure()
  expect(inspect(error)).toBe(`CacheVersionsError: ${error.message}`)
  expect(error.cause).toHaveProperty('code', 'ECONNREFUSED')
})

test('a program that is no server warns of nothing, and its errors are printed in full', async () => {
  expect(inspect(await failure())).toContain('[cause]: Error: connect ECONNREFUSED')
  expect(warnings).toEqual([])
})
