import { execFile } from 'node:child_process'
import { inspect, promisify } from 'node:util'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { migrate } from './migrate.ts'
import { databaseUrl } from './postgres/database-url.ts'
import { project } from './project.ts'

const run = promisify(execFile)
const { DATABASE_URL: _, ...environment } = process.env

async function drizzleKit(command: string, env: Record<string, string | undefined>): Promise<string> {
  const program = ['node_modules/drizzle-kit/bin.cjs', command]
  const { stdout } = await run(process.execPath, program, { cwd: project, env: env as NodeJS.ProcessEnv })
  return stdout
}

async function emptyDatabase(name: string): Promise<string> {
  const server = inject('postgres').url
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  await sql.unsafe(`drop database if exists ${name} with (force)`)
  await sql.unsafe(`create database ${name}`)
  await sql.end()
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}

async function cachesIn(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1 })
  const rows = await sql<{ cache: string }[]>`select cache from cache_versions order by cache`
  await sql.end()
  return rows.map((row) => row.cache)
}

test('drizzle-kit migrate brings an empty database to what the app needs', async () => {
  const url = await emptyDatabase('migrated_by_kit')
  await drizzleKit('migrate', { ...environment, DATABASE_URL: url })
  expect(await cachesIn(url)).toEqual(expect.arrayContaining(['bans', 'settings']))
})

test('drizzle-kit migrate, bare, reaches the embedded database', async () => {
  await drizzleKit('migrate', environment)
  delete process.env.DATABASE_URL
  expect(await cachesIn((await databaseUrl()).url)).toEqual(expect.arrayContaining(['bans', 'settings']))
})

test('the commands of this repository, bare, reach the embedded database', async () => {
  const env = environment as NodeJS.ProcessEnv
  const script = async (name: string) =>
    (await run(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`], { cwd: project, env })).stdout
  expect(await script('migrate')).toBe('The database lacks nothing.\n')
  expect(await script('seed')).toMatch(/^The demo forum has (its first posts|posts already)\.\n$/)
  expect(await script('versions')).toContain('\nbans ')
})

test('drizzle-kit check, bare, finds the migrations in order', async () => {
  expect(await drizzleKit('check', environment)).toContain("Everything's fine")
})

test('two that migrate at once both succeed', async () => {
  const url = await emptyDatabase('migrated_twice')
  await Promise.all([migrate(url), migrate(url)])
  expect(await cachesIn(url)).toContain('bans')
})

test('a DATABASE_URL that is no URL stops the migration and is not shown', async () => {
  const broken = { ...environment, DATABASE_URL: 'postgres://anna:s3#cr3t@127.0.0.1/forum' }
  const failure = await drizzleKit('migrate', broken).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  expect(failure).toHaveProperty('stderr', expect.stringContaining('DATABASE_URL is not a URL of Postgres'))
  expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/cr3t|anna/)
})
