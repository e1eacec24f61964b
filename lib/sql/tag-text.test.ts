import { encodeHeaderSafe } from 'next/dist/server/lib/encode-header-safe.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())

async function textOf(tag: string, setting = 'on'): Promise<string> {
  return await database.sql.begin(async (tx) => {
    await tx.unsafe(`set local standard_conforming_strings = ${setting}`)
    const [row] = await tx<{ text: string }[]>`select cache_tag_text(${tag}) as text`
    return row?.text ?? ''
  })
}

const ascii = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code + 1)).join('')
const tags = [
  ascii,
  'post:42',
  '_N_T_/[slug]/page',
  'schön',
  'e\u0301',
  'שלום עולם',
  '中文/路径',
  '👍🏽 family 👨‍👩‍👧',
  '\u{10ffff}\u0080\u00a0\ufffd\uffff',
  'line\nfeed\r\n\ttab\u007f\u001b',
  `"quoted" 'single' \`back\` \\slash %41 %zz $1 \\1`,
  'a,b,é,*',
  '',
]

test.each(tags)('a tag is encoded as Next encodes it: %j', async (tag) => {
  expect(await textOf(tag)).toBe(encodeHeaderSafe(tag))
  expect(await textOf(tag, 'off')).toBe(encodeHeaderSafe(tag))
  expect(await textOf(encodeHeaderSafe(tag))).toBe(encodeHeaderSafe(tag))
})

test('every letter is encoded as Next encodes it', async () => {
  const letters = Array.from({ length: 0x2fff }, (_, code) => String.fromCodePoint(code + 1))
  letters.push(...Array.from({ length: 0x700 }, (_, code) => String.fromCodePoint(code + 0x1f300)))
  const rows = await database.sql<{ text: string }[]>`
    select cache_tag_text(letter) as text from unnest(${letters}::text[]) with ordinality as given(letter, place)
    order by place`
  expect(rows.map(({ text }) => text)).toEqual(letters.map((letter) => encodeHeaderSafe(letter)))
})

test('a tag that is too long for an index is cut and told apart by a hash, and stays so', async () => {
  const [one, other] = await Promise.all([textOf('é'.repeat(9000)), textOf(`${'é'.repeat(9000)}!`)])
  expect(one).toMatch(/^(%C3%A9){74}%C3%~[0-9a-f]{64}$/)
  expect(other).not.toBe(one)
  expect(await textOf(one)).toBe(one)
  expect(await textOf('x'.repeat(448))).toBe('x'.repeat(448))
  await database.sql`select invalidate_tag(${'é'.repeat(9000)}::text)`
  expect(await database.sql`select tag from cache_invalidations`).toEqual([{ tag: one }])
})

test('a tag that is too long and ends in * stands for more, not for less', async () => {
  expect(await textOf(`${'x'.repeat(500)}*`)).toBe(`${'x'.repeat(448)}*`)
})
