import { beforeEach, expect, test } from 'vitest'
import { processState } from '../core/process-state.ts'
import { oneTimeToken, redeemToken, sessionKey, tokenKind } from './token.ts'

beforeEach(() => {
  const state = processState()
  state.adminToken = undefined
  state.adminKey = undefined
  // What the log says is not what is tested here.
  state.adminRefused = true
  delete process.env.CACHE_VERSIONS_ADMIN_TOKEN
  process.env.CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN = 'one-time-token-of-a-script'
})

test('a configured token opens the page again and again', () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'configured-by-the-owner'
  expect(tokenKind()).toBe('configured')
  expect(redeemToken('configured-by-the-owner')).toBe(true)
  expect(redeemToken('configured-by-the-owner')).toBe(true)
})

test.each(['', 'configured-by-the-owneR', 'configured-by-the-owner ', 'one-time-token-of-a-script'])(
  'the token %j does not open a page with another configured token',
  (given) => {
    process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'configured-by-the-owner'
    expect(redeemToken(given)).toBe(false)
  },
)

test('a one-time token opens the page once, and then another does', () => {
  expect(redeemToken('one-time-token-of-a-script')).toBe(true)
  expect(redeemToken('one-time-token-of-a-script')).toBe(false)
  const next = oneTimeToken()
  expect(next).toMatch(/^[\w-]{32}$/)
  expect(redeemToken(next)).toBe(true)
  expect(redeemToken(next)).toBe(false)
})

test('a wrong token does not spend the one-time token', () => {
  expect(redeemToken('wrong-but-long-enough')).toBe(false)
  expect(redeemToken('one-time-token-of-a-script')).toBe(true)
})

test('an empty token in the environment is none', () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = ''
  expect(tokenKind()).toBe('one-time')
  expect(redeemToken('')).toBe(false)
})

test.each(['CACHE_VERSIONS_ADMIN_TOKEN', 'CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN'])(
  'a %s of less than 16 characters opens nothing',
  (variable) => {
    process.env[variable] = 'fifteen-letters'
    expect(tokenKind()).toBe('refused')
    expect(redeemToken('fifteen-letters')).toBe(false)
    expect(sessionKey()).toBeUndefined()
  },
)
