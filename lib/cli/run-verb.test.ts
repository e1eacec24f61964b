import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../test/app.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { callVerb } from '../test/verb.ts'
import { verbs } from './verbs.ts'

let database: TestDatabase
/** Without a file that names a database. */
let app: App

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  app = await createApp({}, { withDrizzle: false })
})
afterAll(async () => {
  await database.drop()
  await app.remove()
})

/** Calls a verb in the app, with no other variable set than these. */
function call(argv: readonly string[], env: NodeJS.Dict<string> = {}) {
  return callVerb(argv, { cwd: app.folder, env })
}

test('without arguments every verb is listed, as wrong usage', async () => {
  const { code, stdout, stderr } = await call([])
  for (const name of verbs.keys()) expect(stderr).toContain(`\n  ${name} `)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('--help lists every verb', async () => {
  for (const asked of ['--help', '-h', 'help']) {
    const { code, stdout, stderr } = await call([asked])
    expect(stdout).toContain('Usage: pnpm next-cache-versions VERB [options]\n')
    expect([code, stderr]).toEqual([0, ''])
  }
})

test('every verb explains itself, in the words of whoever calls it', async () => {
  for (const name of verbs.keys()) {
    const { code, stdout, stderr } = await callVerb([name, '--help'], { command: (verb) => `run ${verb}` })
    expect(stdout).toMatch(new RegExp(`^Usage: run ${name} .*\\[options\\]\n`))
    expect(stdout).toContain('--json')
    expect([code, stderr]).toEqual([0, ''])
  }
})

test('no line of a help is longer than 120 characters', async () => {
  for (const argv of [[], ...[...verbs.keys()].map((name) => [name])]) {
    const { stdout } = await callVerb([...argv, '--help'])
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120)
  }
})

test('an unknown verb suggests the nearest', async () => {
  const { code, stderr } = await call(['invaldate'])
  expect(stderr).toBe('[cache-versions] There is no verb "invaldate". Did you mean "invalidate"?\n')
  expect(code).toBe(2)
  expect((await call(['frobnicate'])).stderr).toContain('All verbs: pnpm next-cache-versions --help')
})

test('wrong usage exits with 2 and shows the usage, and nothing of Node', async () => {
  for (const args of [[], ['bans', '--jsno'], ['bans', '--reason']]) {
    const { code, stderr } = await call(['invalidate', ...args])
    expect(stderr).toContain('Usage: pnpm next-cache-versions invalidate CACHE... [options]\n')
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(2)
  }
})

test('an unknown option suggests the nearest', async () => {
  expect((await call(['list', '--jsno'])).stderr).toContain(
    'Unknown option \'--jsno\'. Did you mean "--json"?',
  )
})

test('version prints the version of the package', async () => {
  const { stdout } = await call(['version', '--json'])
  expect(JSON.parse(stdout)).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  expect((await call(['--version'])).stdout).toBe(`${JSON.parse(stdout).version}\n`)
})

test('without a configured database it says where to name one', async () => {
  const { code, stderr } = await call(['list'])
  expect(stderr).toContain('No database is configured. Set DATABASE_URL')
  expect(stderr).toContain(`.env.local or .env in ${app.folder}`)
  expect(code).toBe(1)
})

test('the database is found in .env, before it in .env.local, before them in the environment', async () => {
  const url = (port: number) => `postgres://me@127.0.0.1:${port}/app`
  await app.write('.env', `DATABASE_URL=${url(1)}\n`)
  expect((await call(['list'])).stderr).toContain('127.0.0.1:1 cannot be reached')
  await app.write('.env.local', `DATABASE_URL="${url(2)}"\n`)
  expect((await call(['list'])).stderr).toContain('127.0.0.1:2 cannot be reached')
  expect((await call(['list'], { DATABASE_URL: url(3) })).stderr).toContain('127.0.0.1:3 cannot be reached')
  await app.write('.env', `CACHE_VERSIONS_DATABASE_URL=${url(4)}\n`)
  expect((await call(['list'], { DATABASE_URL: url(3) })).stderr).toContain('127.0.0.1:4 cannot be reached')
  await app.reset()
})

test('the database of the caller stands in where none is configured, and is asked for only then', async () => {
  let asked = 0
  const fallbackDatabase = async () => {
    asked += 1
    return database.url
  }
  const options = { cwd: app.folder, env: {}, fallbackDatabase }
  await callVerb(['list', '--help'], options)
  await callVerb(['list'], { ...options, env: { DATABASE_URL: 'postgres://me@127.0.0.1:1/app' } })
  expect(asked).toBe(0)
  expect((await callVerb(['list'], options)).stdout).toContain('bans')
  expect(asked).toBe(1)
})

test('the environment of the process is as it was afterwards', async () => {
  process.env.CACHE_VERSIONS_DATABASE_URL = 'that of the process'
  await call(['list'], { DATABASE_URL: database.url })
  expect(process.env.CACHE_VERSIONS_DATABASE_URL).toBe('that of the process')
  delete process.env.CACHE_VERSIONS_DATABASE_URL
  await call(['list'], { DATABASE_URL: database.url })
  expect(process.env).not.toHaveProperty('CACHE_VERSIONS_DATABASE_URL')
})

test.each(['list', 'invalidate-all', 'prune', 'migrate'])(
  '%s names a Postgres that cannot be reached without its password',
  async (verb) => {
    const { code, stderr } = await call([verb], { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/app' })
    expect(stderr).toContain('Postgres at 127.0.0.1:1 cannot be reached')
    expect(stderr).not.toContain('s3cret')
    expect(code).toBe(1)
  },
)

test.each(['invalidate-all', 'migrate'])(
  '%s shows nothing of a password that Postgres or the URL refuses',
  async (verb) => {
    const urls = [
      'postgres://me:s3cr%et@127.0.0.1/app',
      'me:s3cret at home',
      'postgres://me:1/s3cret@127.0.0.1/app',
    ]
    for (const broken of urls) {
      const { code, stderr } = await call([verb], { DATABASE_URL: broken })
      expect(stderr).toContain(
        'DATABASE_URL is not a URL of Postgres. Write it as postgres://USER:PASSWORD@HOST',
      )
      expect(stderr).not.toContain('s3cr')
      expect(code).toBe(1)
    }
  },
)

test('a refusal of Postgres names the database and what to check', async () => {
  const nobody = Object.assign(new URL(database.url), { username: 'nobody', password: 's3cret' }).href
  const { code, stderr } = await call(['list'], { DATABASE_URL: nobody })
  expect(stderr).toContain(`Postgres at ${new URL(database.url).host} refused: role "nobody" does not exist.`)
  expect(stderr).not.toContain('s3cret')
  expect(code).toBe(1)
})

test('a database without the migrations says which command to run', async () => {
  const url = new URL('/template1', database.url).href
  const { code, stderr } = await call(['invalidate-all'], { DATABASE_URL: url })
  expect(stderr).toContain('The database has no cache versions yet')
  expect(code).toBe(1)
})
