import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { type App, createApp, drizzleJson } from '../../test/app.ts'
import { readCatalog } from '../../test/catalog.ts'
import { callVerb } from '../../test/verb.ts'

let app: App
/** Without drizzle-kit and its configuration. */
let bare: App
let sql: Sql
let url: string
let databases = 0

beforeAll(async () => {
  app = await createApp({ 'drizzle.config.json': drizzleJson })
  bare = await createApp({}, { withDrizzle: false })
})
afterAll(() => Promise.all([app.remove(), bare.remove()]))

beforeEach(async () => {
  const name = `migrated_${process.pid}_${++databases}`
  await onServer(`create database ${name} template template0`)
  url = new URL(`/${name}`, inject('postgres').url).href
  sql = postgres(url, { onnotice: () => {} })
})
afterEach(async () => {
  await sql.end()
  await onServer(`drop database ${new URL(url).pathname.slice(1)} with (force)`)
  await app.reset()
})

async function onServer(statement: string): Promise<void> {
  const server = postgres(inject('postgres').url, { max: 1 })
  await server.unsafe(statement)
  await server.end()
}

function migrate(place: App, ...args: string[]) {
  return callVerb(['migrate', ...args], { cwd: place.folder, env: { DATABASE_URL: url } })
}

async function caches(): Promise<string[]> {
  return (await sql<{ cache: string }[]>`select cache from cache_versions`).map(({ cache }) => cache)
}

const all = [
  '0000_cache_versions',
  '0001_cache_versions_functions',
  '0002_forum',
  '0003_start_forum_caches',
  '0004_cache_version_leases',
  '0005_cache_versions_2',
]

test('applies the migrations that the database lacks, and no other', async () => {
  const first = await migrate(app)
  expect(first).toEqual({ code: 0, stdout: `Applied ${all.join(', ')}.\n`, stderr: '' })
  expect(await caches()).toContain('bans')
  const second = await migrate(app)
  expect(second).toEqual({ code: 0, stdout: 'The database lacks nothing.\n', stderr: '' })
})

test('a dry run names them and applies none', async () => {
  const { stdout } = await migrate(app, '--dry-run', '--json')
  expect(JSON.parse(stdout)).toEqual({ applied: all })
  expect((await migrate(bare, '--dry-run')).stdout).toContain('Would apply the tables')
  expect(await readCatalog(sql)).toEqual([])
})

test('two that migrate at once both succeed, and one of them does it', async () => {
  const outcomes = await Promise.all([migrate(app), migrate(app)])
  expect(outcomes.map(({ stdout }) => stdout).sort()).toEqual([
    `Applied ${all.join(', ')}.\n`,
    'The database lacks nothing.\n',
  ])
})

test('a migration that fails takes the others back, and says why', async () => {
  await app.write('migrations/0003_start_forum_caches.sql', 'select no_such_function();')
  const { code, stderr } = await migrate(app)
  expect(stderr).toContain('The migrations were not applied, and the database is as it was')
  expect(stderr).toContain('no_such_function')
  expect(code).toBe(1)
  expect(await readCatalog(sql)).toEqual([])
})

test('which are applied is kept where the configuration says', async () => {
  const migrations = { table: 'applied', schema: 'public' }
  await app.write('drizzle.config.json', JSON.stringify({ ...JSON.parse(drizzleJson), migrations }))
  await migrate(app)
  expect(await sql`select from public.applied`).toHaveLength(all.length)
  expect((await migrate(app)).stdout).toBe('The database lacks nothing.\n')
})

test('an image without drizzle-kit names the folder', async () => {
  await bare.write('drizzle.config.ts', '')
  const refused = await migrate(bare)
  expect(refused.stderr).toContain('can only be read by drizzle-kit, which is not installed here')
  expect(refused.code).toBe(1)
  expect((await migrate(bare, '--migrations', `${app.folder}/migrations`)).stdout).toMatch(/^Applied 0000/)
  expect((await migrate(bare, '--migrations', 'none')).stderr).toContain('There is no migration in none')
  await bare.reset()
})

test('an app without drizzle-kit gets the tables and functions, once', async () => {
  const { code, stdout } = await migrate(bare)
  expect(stdout).toBe('Applied the tables of next-cache-versions, the functions of next-cache-versions.\n')
  expect(code).toBe(0)
  await sql`select start_cache_versioning('bans')`
  expect((await migrate(bare)).stdout).toBe('The database lacks nothing.\n')
  expect(await caches()).toEqual(['bans'])
})

test('an app whose migrations make an older schema than the package needs is told what to run', async () => {
  const file = 'migrations/0005_cache_versions_2.sql'
  await app.write(file, (await app.read(file)).replace(/(schema_version\(\).* RETURN) 2/, '$1 0'))
  const { code, stdout, stderr } = await migrate(app)
  expect(stderr).toContain('is version 0, and this package needs 1')
  expect(stderr).toContain('pnpm next-cache-versions generate')
  expect([code, stdout]).toEqual([0, `Applied ${all.join(', ')}.\n`])
})
