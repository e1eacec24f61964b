import { expect, test } from 'vitest'
import { checkCacheName, nearestName } from './name.ts'

test.each([['bans'], ['forum/acl'], ['a.b:c-d_e'], ['9lives'], ['x'.repeat(128)]])(
  '%s may name a cache',
  (name) => {
    expect(checkCacheName(name)).toBe(name)
  },
)

test.each([[''], ['a b'], ['a\u0000'], ['_a'], ['a,b'], ['ä'], ['x'.repeat(129)]])(
  '%j is refused',
  (name) => {
    expect(() => checkCacheName(name)).toThrow(
      'Use 1 to 128 characters: letters, digits, and _ . : / - after the first.',
    )
  },
)

test('what is not a string is refused', () => {
  expect(() => checkCacheName(undefined as unknown as string)).toThrow('undefined is not a cache name')
})

test('a slip of the keyboard finds its name, another word does not', () => {
  expect(nearestName('setings', ['bans', 'settings'])).toBe('settings')
  expect(nearestName('weather', ['bans', 'settings'])).toBeUndefined()
  expect(nearestName('bans', [])).toBeUndefined()
})
