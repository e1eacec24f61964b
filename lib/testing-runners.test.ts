import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())

const program = `
  import test, { after } from 'node:test'
  import { closeCacheVersions, invalidateCache } from 'next-cache-versions'
  import { expectInvalidates } from 'next-cache-versions/testing'

  after(closeCacheVersions)
  test('a promise that is kept', () => expectInvalidates('bans', () => invalidateCache('bans')))
  test('a promise that is broken', () => expectInvalidates(['bans', 'settings'], () => invalidateCache('bans')))
`

/** Runs the program under node:test, as a package's own name resolves in its folder, and returns its output. */
function runNodeTest(): Promise<string> {
  const args = ['--test-reporter=tap', '--input-type=module', '--eval', program]
  const env = { ...process.env, NODE_TEST_CONTEXT: '', NODE_OPTIONS: '', VITEST: '' }
  return new Promise((done) => {
    execFile(process.execPath, args, { env, timeout: 25_000 }, (_, stdout, stderr) => done(stdout + stderr))
  })
}

test('under node:test expectInvalidates passes, fails and shows the difference', async () => {
  const report = await runNodeTest()
  expect(report).toContain('ok 1 - a promise that is kept')
  expect(report).toContain('not ok 2 - a promise that is broken')
  expect(report).toMatch(/Not invalidated, though expected:\s+settings: \w{8} → \w{8}/)
  expect(report).toMatch(/expected:\s+0: 'bans'\s+1: 'settings'\s+actual:\s+0: 'bans'/)
  expect(report).toContain("operator: 'expectInvalidates'")
  expect(report).toContain('# pass 1')
  expect(report).toContain('# fail 1')
})
