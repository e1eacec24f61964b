import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { project } from './project.ts'
import { createTestDatabase, type TestDatabase } from './testing/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate cache_invalidations`
  await database.sql`
    insert into cache_invalidations (cache, version, invalidated_at)
    select 'bans', 'aVersion', now() - days * interval '1 day' from generate_series(12000, 1, -1) as days`
})

function prune(args: readonly string[], url = database.url) {
  const program = join(project, 'node_modules/tsx/dist/cli.mjs')
  const env = { ...process.env, DATABASE_URL: url, CACHE_VERSIONS_DATABASE_URL: '', NODE_OPTIONS: '' }
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      process.execPath,
      [program, join(project, 'scripts/prune.ts'), ...args],
      { cwd: project, env, timeout: 25_000 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    )
  })
}

test('deletes what is older than 90 days, in as many batches as it takes', async () => {
  expect(await prune([])).toEqual({ code: 0, stdout: 'Deleted 11911 lines older than 90d.\n', stderr: '' })
})

test('keeps the newest line of a cache however old it is', async () => {
  const { stdout } = await prune(['--older-than', '1h', '--json'])
  expect(JSON.parse(stdout)).toEqual({ deleted: 11_999, olderThan: '1h' })
  expect(await database.sql`select cache from cache_invalidations`).toEqual([{ cache: 'bans' }])
})

test('what is not an age, or a name, is wrong usage and deletes nothing', async () => {
  for (const args of [['--older-than', 'soon'], ['--older-than=-1d'], ['bans']]) {
    const { code, stderr } = await prune(args)
    expect(stderr).toContain('Usage: pnpm tsx scripts/prune.ts')
    expect(code).toBe(2)
  }
  expect(await database.sql`select from cache_invalidations`).toHaveLength(12_000)
})

test('an unreachable Postgres is named without its password', async () => {
  const { code, stderr } = await prune([], 'postgres://me:s3cret@127.0.0.1:1/app')
  expect(stderr).toContain('Postgres at 127.0.0.1:1 cannot be reached')
  expect(stderr).not.toContain('s3cret')
  expect(code).toBe(1)
})
