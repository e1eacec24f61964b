import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { postponedTags, withoutEntries } from './postponed.ts'

const entries = {
  store: {
    cache: { a: { entry: { value: 'QQ==', tags: ['bans'] } }, b: { entry: { value: 'Qg==', tags: [] } } },
    fetch: { c: { kind: 'FETCH', tags: ['settings'] }, d: { kind: 'FETCH' } },
    encryptedBoundArgs: { e: 'x' },
  },
}
const shell = '12:{"a":"é,:"}xx'.slice(0, 15)
const plain = shell + JSON.stringify(entries)
const compressed = shell + deflateSync(JSON.stringify(entries)).toString('base64')

for (const [form, postponed] of Object.entries({ plain, compressed })) {
  test(`the entries of a ${form} state are listed by their tags`, () => {
    expect(postponedTags(postponed)).toEqual([['bans'], [], ['settings'], undefined])
  })

  test(`an entry of a ${form} state that may not stay is taken out, and the rest stays as it is`, () => {
    const kept = withoutEntries(postponed, (tags) => tags !== undefined && !tags.includes('bans'))
    expect(kept.startsWith(shell)).toBe(true)
    expect(postponedTags(kept)).toEqual([[], ['settings']])
  })
}

test('a state without entries has none', () => {
  expect(postponedTags(`${shell}null`)).toEqual([])
})

test('entries in an unknown form do not say their tags and are taken out as a whole', () => {
  expect(postponedTags(`${shell}who knows`)).toEqual([undefined])
  expect(withoutEntries(`${shell}who knows`, () => false)).toBe(`${shell}null`)
})
