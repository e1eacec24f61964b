import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { tagText } from './text.ts'

const { encodeHeaderSafe } = createRequire(import.meta.url)('next/dist/server/lib/encode-header-safe.js')

const tags = [
  'post:42',
  '_N_T_/posts/[id]/page',
  'a,b',
  '"quoted" \'tag\' \\ back',
  'größe',
  '日本語',
  '👩‍👩‍👧',
  'tab\tnew\nline\x7f',
  '100%',
  '%E6%97%A5',
  'x'.repeat(256),
  'é'.repeat(256),
  'x'.repeat(2000),
  '日'.repeat(1024),
]

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())

test.each(tags)('%s is the same text for Postgres, and for Next unless it is too long', async (tag) => {
  const [row] = await database.sql`select cache_tag_text(${tag}) as text`
  expect(row?.text).toBe(tagText(tag))
  const ofNext = encodeHeaderSafe(tag)
  if (ofNext.length <= 448) expect(tagText(tag)).toBe(ofNext)
  else expect(tagText(tag)).toHaveLength(513)
  expect(tagText(tagText(tag))).toBe(tagText(tag))
})

test('long tags that begin alike are told apart', () => {
  expect(tagText(`${'x'.repeat(500)}1`)).not.toBe(tagText(`${'x'.repeat(500)}2`))
})

test('half a character is what Postgres makes of it', () => {
  expect(tagText('\ud800')).toBe('%EF%BF%BD')
})

test('a * at the end of a tag stands for itself', async () => {
  expect(['post:*', 'a*,b*', 'a*b', '*'].map(tagText)).toEqual(['post:%2A', 'a%2A,b%2A', 'a*b', '%2A'])
})
