import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readCacheVersions } from '../versions/read.ts'
import { closeDatabase } from './database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function readFrom(url: string | undefined): Promise<Error> {
  const usual = process.env.DATABASE_URL
  if (url === undefined) delete process.env.DATABASE_URL
  else process.env.DATABASE_URL = url
  try {
    return await readCacheVersions().then(
      () => new Error('it was read'),
      (error) => error,
    )
  } finally {
    await closeDatabase()
    process.env.DATABASE_URL = usual
  }
}

test('a Postgres that cannot be reached is named by host and port, never by password', async () => {
  const error = await readFrom('postgres://anna:s3cr3t@127.0.0.1:1/forum')
  expect(error).toMatchObject({ code: 'database-unreachable' })
  expect(error.message).toContain('127.0.0.1:1')
  const { inspect } = await import('node:util')
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr3t')
})

test('a database without the migrations says which command to run', async () => {
  const empty = new URL(database.url)
  empty.pathname = '/postgres'
  const error = await readFrom(empty.href)
  expect(error).toMatchObject({ code: 'not-migrated' })
  expect(error.message).toContain('pnpm drizzle-kit migrate')
})

test('a parameter of the URL that is no setting of Postgres is refused, and named', async () => {
  for (const parameter of ['channel_binding=require', 'pgbouncer=true']) {
    const { message } = await readFrom(`${database.url}?${parameter}`)
    expect(message).toContain(`unrecognized configuration parameter "${parameter.split('=')[0]}"`)
  }
})

test('of several hosts the first that answers serves', async () => {
  const { host } = new URL(database.url)
  const error = await readFrom(database.url.replace(host, `127.0.0.1:1,${host}`))
  expect(error.message).toBe('it was read')
})

test('without DATABASE_URL the error says what to set', async () => {
  expect(await readFrom(undefined)).toMatchObject({ code: 'no-database-url' })
})

test('CACHE_VERSIONS_DATABASE_URL wins over DATABASE_URL', async () => {
  process.env.CACHE_VERSIONS_DATABASE_URL = database.url
  try {
    expect((await readFrom('postgres://127.0.0.1:1/replica')).message).toBe('it was read')
  } finally {
    delete process.env.CACHE_VERSIONS_DATABASE_URL
  }
})
