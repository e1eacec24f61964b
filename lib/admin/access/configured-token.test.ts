import { beforeEach, expect, test } from 'vitest'
import { configuredToken, isConfiguredToken, shortToken } from './configured-token.ts'

const token = 'configured-by-the-owner-of-this-app'

beforeEach(() => {
  // The log is not tested here.
  shortToken.isTold = true
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = token
})

test('the configured token is taken again and again', () => {
  expect(configuredToken()).toBe('set')
  expect(isConfiguredToken(token)).toBe(true)
  expect(isConfiguredToken(token)).toBe(true)
})

test.each(['', `${token}x`, `${token} `, token.slice(0, -1), token.toUpperCase()])(
  'the token %j is not the configured one',
  (given) => {
    expect(isConfiguredToken(given)).toBe(false)
  },
)

test('an empty token in the environment is none', () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = ''
  expect(configuredToken()).toBe('unset')
  expect(isConfiguredToken('')).toBe(false)
})

test('a token of less than 32 characters is not taken', () => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = token.slice(0, 31)
  expect(configuredToken()).toBe('too-short')
  expect(isConfiguredToken(token.slice(0, 31))).toBe(false)
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = token.slice(0, 32)
  expect(isConfiguredToken(token.slice(0, 32))).toBe(true)
})
