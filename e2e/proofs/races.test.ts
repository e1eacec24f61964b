import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { raceInReversedOrder, raceOverRandomSubsets } from './races.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('two writers in reversed order neither deadlock nor lose an invalidation', async () => {
  const outcome = await raceInReversedOrder(database.url, 30)
  expect(outcome).toEqual({ committed: 60, failures: [], violations: [] })
})

test('eight writers of random caches neither deadlock nor lose an invalidation', async () => {
  const outcome = await raceOverRandomSubsets(database.url, 25)
  expect(outcome).toEqual({ committed: 200, failures: [], violations: [] })
})
