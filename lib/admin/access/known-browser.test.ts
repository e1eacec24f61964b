import { beforeEach, expect, test } from 'vitest'
import { knownBrowser, knownBrowserCookie } from './known-browser.ts'

const token = 'configured-by-the-owner-of-this-app'

beforeEach(() => {
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = token
})

function cookie(): string {
  return /=([^;]*)/.exec(knownBrowserCookie({ secure: true }))?.[1] ?? ''
}

test('a browser that was given the cookie is known, each apart', () => {
  const [one, other] = [knownBrowser(cookie()), knownBrowser(cookie())]
  expect(one).toMatch(/^[\w-]{22}$/)
  expect(other).not.toBe(one)
})

test('a cookie that was changed makes no browser known', () => {
  const [id, signed] = cookie().split('.')
  expect(knownBrowser(`${id?.replace(/^./, id.startsWith('A') ? 'B' : 'A')}.${signed}`)).toBeUndefined()
  expect(knownBrowser(`${id}.${'A'.repeat(43)}`)).toBeUndefined()
  expect(knownBrowser(`${id}.`)).toBeUndefined()
  expect(knownBrowser(undefined)).toBeUndefined()
})

test('a new token makes the browsers of the old one unknown', () => {
  const before = cookie()
  process.env.CACHE_VERSIONS_ADMIN_TOKEN = 'another-token-of-the-owner-of-this-app'
  expect(knownBrowser(before)).toBeUndefined()
})
