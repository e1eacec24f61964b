import { expect, test } from 'vitest'
import { checkCacheName, nearestName, unknownCache } from './name.ts'

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

test('an unknown name is to be started where none is near, and else only if it is new', () => {
  const start = "in a migration with: select start_cache_versioning('bnas');"
  expect(unknownCache('bnas', ['settings']).message).toBe(
    `[cache-versions] Cache "bnas" is not versioned. Start it ${start}`,
  )
  expect(unknownCache('bnas', ['bans', 'settings']).message).toBe(
    `[cache-versions] Cache "bnas" is not versioned. Did you mean "bans"? If it is new, start it ${start}`,
  )
})
