import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { killClientsAtRandom, killClientsBetweenSteps, steps } from './client-kills.ts'
import { killServers } from './server-kills.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a client that is killed between two statements leaves both the change and its invalidation or neither', {
  timeout: 60_000,
}, async () => {
  const outcome = await killClientsBetweenSteps(database.url)
  // Only the last of the steps is a commit.
  expect(outcome).toEqual({ kills: steps.length, committed: 1, violations: [] })
  expect(await killClientsAtRandom(database.url, 2)).toMatchObject({ kills: 2, violations: [] })
})

test('a Postgres that is killed while it is written to keeps each change with its invalidation or neither', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-kills-'))
  const outcome = await killServers(folder, 3)
  expect(outcome).toMatchObject({ kills: 3, violations: [] })
  expect(outcome.committed).toBeGreaterThanOrEqual(3)
})
