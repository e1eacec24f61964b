import { expect, test } from 'vitest'
import { isSecure, sessionCookie } from './cookie.ts'

test('the cookie is out of reach for scripts and other sites, and of other hosts under https', () => {
  expect(sessionCookie('abc', { secure: true })).toBe(
    '__Host-cache-versions-admin=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure',
  )
  expect(sessionCookie('', { secure: false })).toBe(
    'cache-versions-admin=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
  )
})

test.each([
  ['https', true],
  ['https, http', true],
  ['http', false],
  ['http,https', false],
  ['', false],
])('the protocol of a browser that came by %j is secure: %s', (protocol, secure) => {
  expect(isSecure(new Headers({ 'x-forwarded-proto': protocol }))).toBe(secure)
})
