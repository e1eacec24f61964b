import { beforeEach, expect, test } from 'vitest'
import { processState } from '../core/process-state.ts'
import { sessionCookie, signSession, verifySession } from './cookie.ts'

const hour = 3_600_000

beforeEach(() => {
  const state = processState()
  state.adminKey = undefined
  delete process.env.CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'a token of some length'
})

test('a signed session verifies', () => {
  expect(verifySession(signSession())).toBe(true)
})

test('a session ends after 12 hours', () => {
  const now = Date.now()
  const session = signSession(now)
  expect(verifySession(session, now + 11 * hour)).toBe(true)
  expect(verifySession(session, now + 12 * hour)).toBe(false)
})

test('a session with a later end than was signed does not verify', () => {
  const [expires, signed] = signSession()?.split('.') ?? []
  expect(verifySession(`${Number(expires) + 1}.${signed}`)).toBe(false)
})

test('a session with another signature does not verify', () => {
  const session = signSession() ?? ''
  const other = session.endsWith('A') ? 'E' : 'A'
  expect(verifySession(session.slice(0, -1) + other)).toBe(false)
})

test.each([undefined, '', '.', 'admin', '9999999999', '9999999999.', `9999999999.${'A'.repeat(43)}`])(
  'the cookie %j does not verify',
  (value) => {
    expect(verifySession(value)).toBe(false)
  },
)

test('a session under another token does not verify', () => {
  const session = signSession()
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'another token, long enough'
  expect(verifySession(session)).toBe(false)
})

test('a configured token keeps its sessions over a restart', () => {
  const session = signSession()
  processState().adminKey = undefined
  expect(verifySession(session)).toBe(true)
})

test('without a configured token a restart ends the sessions', () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = ''
  const session = signSession()
  expect(verifySession(session)).toBe(true)
  processState().adminKey = undefined
  expect(verifySession(session)).toBe(false)
})

test('a token that is too short signs no session', () => {
  processState().adminRefused = true
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'short'
  expect(signSession()).toBeUndefined()
})

test('the cookie is out of reach for scripts and other sites, and secure under https', () => {
  expect(sessionCookie('1.a', { secure: true })).toBe(
    'cache-versions-admin=1.a; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure',
  )
  expect(sessionCookie('', { secure: false })).toBe(
    'cache-versions-admin=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
  )
})
