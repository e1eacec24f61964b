import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { forgetOutages } from '../postgres/outage.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { schemaVersion } from '../versions/schema-version.ts'
import { checkAtStart, start } from './start-check.ts'

let database: TestDatabase
const { warn } = console
let warnings: string[]

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())
beforeEach(() => {
  warnings = []
  console.warn = (message: string) => void warnings.push(message)
  vi.stubEnv('NODE_ENV', 'production')
})
afterEach(() => {
  console.warn = warn
  vi.unstubAllEnvs()
  forgetOutages()
  start.isChecked = false
})

/** How many connections the package has. */
async function connections(): Promise<number> {
  const rows = await database.sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'next-cache-versions'`
  return rows.length
}

test.each([
  [
    0,
    'database is version 0, and this package needs 1. Run the migrations: pnpm drizzle-kit migrate. If none is left, write the next one before: pnpm next-cache-versions generate',
  ],
  [
    9,
    `is version 9, and this package was made for ${schemaVersion}: its invalidations are refused. Upgrade the package: pnpm add`,
  ],
])(
  'a schema of version %i, which breaks this package, is told of with the command',
  async (version, text) => {
    for (const name of ['schema', 'breaking']) {
      await database.sql.unsafe(
        `create or replace function cache_versions_${name}_version() returns int language sql stable return ${version}`,
      )
    }
    checkAtStart()
    await expect.poll(() => warnings).toEqual([expect.stringContaining(text)])
  },
)

test('a build asks nothing', async () => {
  vi.stubEnv('NEXT_PHASE', 'phase-production-build')
  checkAtStart()
  expect(start.isChecked).toBe(false)
})

test('functions that were not applied are told of, once a process, and no connection stays', async () => {
  await database.sql`drop trigger apply_cache_invalidations on cache_invalidations`
  checkAtStart()
  checkAtStart()
  await expect.poll(() => warnings).toHaveLength(1)
  expect(warnings[0]).toContain('functions.sql was not applied. Run the migrations: pnpm drizzle-kit migrate')
  await expect.poll(connections).toBe(0)
  expect(warnings).toHaveLength(1)
})
