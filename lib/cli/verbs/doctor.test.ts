import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../../test/app.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { callVerb } from '../../test/verb.ts'

const { version } = createRequire(import.meta.url)('next/package.json')
const wrapped = `import { withCacheVersions } from 'next-cache-versions/config'

export default withCacheVersions({ cacheComponents: true, generateBuildId: () => 'abc' })
`
let database: TestDatabase
let app: App

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  app = await createApp(
    {
      'package.json': '{ "name": "an-app" }',
      'next.config.ts': wrapped,
      'app/caches.ts': "export const caches = ['bans'] as const\n",
    },
    { withPackage: true },
  )
})
afterAll(() => Promise.all([database.drop(), app.remove()]))

function doctor(env: NodeJS.Dict<string>, ...args: string[]) {
  return callVerb(['doctor', ...args], { cwd: app.folder, env: { PATH: process.env.PATH, ...env } })
}

test('an app that is wired is all right', async () => {
  const env = { DATABASE_URL: database.url, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: 'a'.repeat(44) }
  const { code, stdout, stderr } = await doctor(env)
  const { host } = new URL(database.url)
  const [row] = await database.sql<{ version: string }[]>`select current_setting('server_version') as version`
  expect(stdout).toBe(`Next
  ok      Next ${version}.
  ok      The configuration loads the handlers of the package.
  ok      There is no build in .next yet.
Postgres
  ok      ${row?.version} at ${host}.
  ok      It is the primary.
  ok      The connection leads to Postgres itself.
Schema
  ok      The tables and functions are there.
  ok      It is version 2.
  ok      4 caches are started.
Triggers
  ok      All are on; writes to 0 tables invalidate.
Grants
  ok      "postgres" may read versions.
  ok      "postgres" may read which tags have changed.
  ok      "postgres" may invalidate.
  ok      "postgres" may sign people in to the admin page.
Redis
  ok      None is configured: each server keeps its own values.
Servers
  ok      Builds of one code have one id.
  ok      NEXT_SERVER_ACTIONS_ENCRYPTION_KEY is set.
  ok      CACHE_VERSIONS_ADMIN_TOKEN is not set: one-time tokens sign in, on every server.
Settings
  ok      No setting CACHE_VERSIONS_… is misspelt.

19 right, 0 to think about, 0 wrong.
`)
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

test('what is not wired is found, each with why it matters and what mends it, and no secret is shown', async () => {
  await app.write('next.config.ts', 'export default {}\n')
  await app.write('.next/BUILD_ID', 'abc')
  await app.write('.next/required-server-files.json', '{ "config": { "cacheHandler": "../gone.js" } }')
  await app.write('.env.production', 'CACHE_VERSIONS_NAMESPACES=forum\n')
  const { code, stdout } = await doctor(
    {
      DATABASE_URL: 'postgres://somebody:s3cret-word@127.0.0.1:9/forum',
      CACHE_VERSIONS_ADMIN_TOKEN: 'short-t0ken',
      REDIS_URL: 'redis://:an0ther-secret@127.0.0.1:9',
    },
    '--json',
    '--url',
    'http://127.0.0.1:2',
  )
  await app.reset()
  const { ok, findings } = JSON.parse(stdout)
  const of = (state: string) =>
    (findings as { state: string; found: string; why: string; remedy: string }[])
      .filter((finding) => finding.state === state)
      .map(({ found, why, remedy }) => (why && remedy ? found : `${found} (without a remedy)`))
  expect(of('wrong')).toEqual([
    'The configuration of Next has no cacheHandler',
    `The build in .next has a cacheHandler that does not exist (${app.folder}/gone.js)`,
    '127.0.0.1:9 cannot be reached (ECONNREFUSED)',
    'Redis at 127.0.0.1:9 cannot be reached (ECONNREFUSED)',
    'CACHE_VERSIONS_ADMIN_TOKEN has 11 characters',
    'CACHE_VERSIONS_NAMESPACES is no setting of this package',
    'http://127.0.0.1:2 cannot be reached (ECONNREFUSED)',
  ])
  expect(of('warning')).toEqual([
    'Each build has an id of its own',
    'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY is not set',
  ])
  expect(stdout).not.toMatch(/s3cret|t0ken|an0ther/)
  expect(ok).toBe(false)
  expect(code).toBe(1)
})

test('a configuration that throws is shown without the secrets in what it says', async () => {
  await app.write('next.config.ts', "throw new Error('no ' + process.env.API_TOKEN + ' here')\n")
  const { code, stdout } = await doctor({ DATABASE_URL: database.url, API_TOKEN: 'a-l0ng-secret' })
  await app.reset()
  expect(stdout).toContain('The configuration of Next does not load: no [secret] here')
  expect(code).toBe(1)
})
