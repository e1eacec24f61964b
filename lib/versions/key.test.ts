import { expect, test } from 'vitest'
import { cacheKey } from './key.ts'

const versions = { permissions: 'k3j9x0Qz', categories: 'Hs81mPa0' }

test('puts the versions between the name and the arguments', () => {
  expect(cacheKey('acl', versions, ['permissions'], 42)).toBe('acl:k3j9x0Qz:42')
  expect(cacheKey('acl', versions, ['permissions', 'categories'], 42)).toBe('acl:k3j9x0Qz:Hs81mPa0:42')
})

test('keeps arguments apart whatever they contain', () => {
  const one = cacheKey('k', versions, ['categories'], 'a:b', 'c')
  const other = cacheKey('k', versions, ['categories'], 'a', 'b:c')
  expect(one).not.toBe(other)
})

test('a version that was set by hand is one part of the key, whatever it holds', () => {
  const byHand = { bans: 'ab      ', settings: 'a:b     ' }
  expect(cacheKey('k', byHand, ['bans', 'settings'])).toBe(`k:ab${'%20'.repeat(6)}:a%3Ab${'%20'.repeat(5)}`)
})

test('an unknown cache throws and names the nearest', () => {
  expect(() => cacheKey('acl', versions, ['permisions'], 1)).toThrow('Did you mean "permissions"?')
  expect(() => cacheKey('acl', versions, ['toString'], 1)).toThrow('Cache "toString" is not versioned.')
})

test('a key that depends on no cache throws', () => {
  const withoutCaches = () => cacheKey('acl', versions, [], 1)
  expect(withoutCaches).toThrow('depends on no cache')
  expect(withoutCaches).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
})
