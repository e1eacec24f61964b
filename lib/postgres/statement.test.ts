import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { sql } from './statement.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())

const ascii = String.fromCharCode(...Array.from({ length: 127 }, (_, index) => index + 1))
const texts = [
  '',
  "it's",
  "'; drop table cache_versions; --",
  "\\'; select 1; --",
  '\\',
  "\\\\''",
  'a\nb',
  'Ünïcödé 🦊',
  '$1 E$$ ?  \\? :name ::text %s {}',
  ascii,
  ascii.split('').reverse().join(''),
]

test.each(['on', 'off'])('a text comes back as it was, standard_conforming_strings %s', async (setting) => {
  const client = postgres(database.url, {
    max: 1,
    onnotice: () => {},
    connection: { standard_conforming_strings: setting as never },
  })
  for (const text of texts) {
    expect(await client.unsafe(sql`select ${text}::text as text`.text)).toEqual([{ text }])
  }
  await client.end()
})

test('a NUL does not end the message', async () => {
  const { text } = sql`select ${"a\0'b"}::text as text`
  expect(await database.sql.unsafe(text)).toEqual([{ text: "a\uFFFD'b" }])
})

test('numbers, null and lists are written as they are', async () => {
  expect(sql`select ${7}, ${null}, ${true}`.text).toBe('select 7, null, true')
  const { text } = sql`select ${["it's", 'two']} as texts, ${[]} as none`
  expect(await database.sql.unsafe(text)).toEqual([{ texts: ["it's", 'two'], none: [] }])
})

test('a statement stands in another', () => {
  const one = sql`select ${1}`
  expect(sql`select * from (${one}) one`.text).toBe('select * from (select 1) one')
})
