import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../../postgres/database.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import {
  beginSession,
  createCacheAdminToken,
  endSession,
  exchangeOneTimeToken,
  isOneTimeToken,
  isSession,
  withBriefSession,
} from './tokens.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())
beforeEach(async () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'configured-by-the-owner-of-this-app'
  await database.sql`truncate cache_admin_tokens`
})

async function rows(): Promise<number> {
  return (await database.sql`select from cache_admin_tokens`).length
}

/** As if so much time had gone by. */
async function age(time: string): Promise<void> {
  await database.sql`update cache_admin_tokens set expires_at = expires_at - ${time}::interval`
}

test('a session is one until it is ended', async () => {
  const session = await beginSession(undefined)
  expect(await isSession(session)).toBe(true)
  await endSession(session)
  expect(await isSession(session)).toBe(false)
})

test('a session ends after 12 hours', async () => {
  const session = await beginSession(undefined)
  await age('11 hours 59 minutes')
  expect(await isSession(session)).toBe(true)
  await age('1 minute')
  expect(await isSession(session)).toBe(false)
})

test('another configured token ends the sessions, and a restart does not', async () => {
  const session = await beginSession(undefined)
  await closeDatabase()
  expect(await isSession(session)).toBe(true)
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'another-token-of-the-owner-of-this-app'
  expect(await isSession(session)).toBe(false)
})

test('a brief session is one for servers of its token, while the work lasts and a minute at most', async () => {
  const token = process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? ''
  const session = await withBriefSession(token, async (session) => {
    expect(await isSession(session)).toBe(true)
    process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'another-token-of-the-owner-of-this-app'
    expect(await isSession(session)).toBe(false)
    process.env.CACHE_VERSIONS_ADMIN_TOKEN = token
    return session
  })
  expect(await isSession(session)).toBe(false)
  await withBriefSession(token, async (session) => {
    await age('1 minute')
    expect(await isSession(session)).toBe(false)
  })
})

test('a brief session ends when the work fails', async () => {
  const work = () => Promise.reject(new Error('of the work'))
  await expect(withBriefSession('', work)).rejects.toThrow('of the work')
  expect(await rows()).toBe(0)
})

test('a session takes the place of the one that the browser had, and of no other', async () => {
  const [other, first] = [await beginSession(undefined), await beginSession(undefined)]
  const second = await beginSession(first)
  expect(await Promise.all([other, first, second].map(isSession))).toEqual([true, false, true])
})

test.each([undefined, '', '.', 'admin', 'A'.repeat(43), `${'A'.repeat(43)}\0`, "' or true --"])(
  'the cookie %j is no session, and ends none',
  async (value) => {
    const session = await beginSession(undefined)
    expect(await isSession(value)).toBe(false)
    await endSession(value)
    expect(await isSession(session)).toBe(true)
  },
)

test('a one-time token is exchanged once, for a session', async () => {
  const token = await createCacheAdminToken()
  expect(token).toMatch(/^once_[\w-]{43}$/)
  expect(await isOneTimeToken(token)).toBe(true)
  expect(await isSession(await exchangeOneTimeToken(token, undefined))).toBe(true)
  expect(await isOneTimeToken(token)).toBe(false)
  expect(await exchangeOneTimeToken(token, undefined)).toBeUndefined()
})

test('of twenty who bring a one-time token at once one comes in', async () => {
  const token = await createCacheAdminToken()
  const sessions = await Promise.all(Array.from({ length: 20 }, () => exchangeOneTimeToken(token, undefined)))
  expect(sessions.filter((session) => session !== undefined)).toHaveLength(1)
  expect(await rows()).toBe(1)
})

test('a one-time token expires after 12 hours', async () => {
  const token = await createCacheAdminToken()
  await age('12 hours')
  expect(await isOneTimeToken(token)).toBe(false)
  expect(await exchangeOneTimeToken(token, undefined)).toBeUndefined()
})

test('neither a session nor a one-time token does what the other is for', async () => {
  const [session, token] = [await beginSession(undefined), await createCacheAdminToken()]
  expect(await exchangeOneTimeToken(session, undefined)).toBeUndefined()
  expect(await isSession(token)).toBe(false)
  expect(await isSession(token.replace('once_', ''))).toBe(false)
})

test('the table holds neither a session nor a one-time token as it is', async () => {
  const [session, token] = [await beginSession(undefined), await createCacheAdminToken()]
  const kept = JSON.stringify(await database.sql`select * from cache_admin_tokens`)
  for (const secret of [session, token, token.replace('once_', '')]) expect(kept).not.toContain(secret)
})

test('a role that may write to the table makes a one-time token in SQL', async () => {
  const token = `once_${randomBytes(32).toString('base64url')}`
  await database.sql`
    insert into cache_admin_tokens values (encode(sha256(${token}::text::bytea), 'hex'), now() + interval '1 hour')`
  expect(await exchangeOneTimeToken(token, undefined)).toBeDefined()
})

test('what has expired is deleted when the next is written', async () => {
  for (let i = 0; i < 5; i++) await createCacheAdminToken()
  await age('12 hours')
  await beginSession(undefined)
  expect(await rows()).toBe(1)
})

test('a database without the table says what to do', async () => {
  await database.sql`alter table cache_admin_tokens rename to elsewhere`
  try {
    await expect(isSession('A'.repeat(43))).rejects.toThrow(
      /no table "cache_admin_tokens".* Export cacheAdminTokens from your Drizzle schema/,
    )
  } finally {
    await database.sql`alter table elsewhere rename to cache_admin_tokens`
  }
})
