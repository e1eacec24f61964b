import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { withLiterals } from './literals.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
})
afterAll(() => database.drop())

const texts = [
  '',
  "it's",
  "'; drop table cache_versions; --",
  "\\'; select 1; --",
  '\\',
  "\\\\''",
  'a\nb',
  'Ünïcödé 🦊',
  '$1 E$$',
]

test.each(['on', 'off'])('a text comes back as it was, standard_conforming_strings %s', async (setting) => {
  const client = postgres(database.url, {
    max: 1,
    onnotice: () => {},
    connection: { standard_conforming_strings: setting as never },
  })
  for (const text of texts) {
    expect(await client.unsafe(withLiterals(sql`select ${text}::text as text`))).toEqual([{ text }])
  }
  await client.end()
})

test('a NUL does not end the message', async () => {
  const statement = withLiterals(sql`select ${"a\0'b"}::text as text`)
  expect(await database.sql.unsafe(statement)).toEqual([{ text: "a\uFFFD'b" }])
})

test('numbers and null are written as they are', () => {
  expect(withLiterals(sql`select ${7}, ${null}, ${true}`)).toBe('select 7, null, true')
})
