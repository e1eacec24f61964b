import { expect, test } from 'vitest'
import { cached } from '../cached.ts'
import { memoryStore } from './memory.ts'
import { entryName, nameOf } from './name.ts'

test.each(['family f', '~family f', '~~family f'])(
  'an entry with the key "%s" is not the note of a family',
  async (key) => {
    const options = { ttlSeconds: 60, store: memoryStore() }
    // The note holds the key, which reads like a value.
    const noted = { ...options, family: 'f', staleWhileRevalidateSeconds: 60 }
    await cached('j1', () => 'noted', noted)
    expect(await cached<unknown>(key, () => 'an entry', options)).toBe('an entry')
    expect(await cached<unknown>(key, () => 'not loaded again', options)).toBe('an entry')
    expect(await cached('j2', () => 'not waited for', noted)).toBe('noted')
  },
)

test('no two keys, and no key and another kind, have one name', () => {
  const others = (['family', 'page', 'probe', 'use-cache'] as const).map((kind) => nameOf(kind, 'x'))
  const keys = [
    ...others,
    ...others.map((name) => `~${name}`),
    ...others.map((name) => name.slice(1)),
    '',
    '~',
  ]
  const names = [...others, ...keys.map(entryName)]
  expect(new Set(names).size).toBe(names.length)
})
