import { expect, test } from 'vitest'
import { checkSchema } from './schema-version.ts'

const own = { newest: 3, oldest: 2 }

test('a package says nothing of its own schema and of a newer one on which it works', () => {
  expect(checkSchema({ version: 3, breaking: 1 }, own)).toBeUndefined()
  expect(checkSchema({ version: 4, breaking: 3 }, own)).toBeUndefined()
})

test('an older schema on which a package works is told of, with the command', () => {
  expect(checkSchema({ version: 2, breaking: 1 }, own)).toMatch(
    /is version 2, and this package brings 3\. They work together\. Run the migrations: pnpm drizzle-kit migrate/,
  )
})
