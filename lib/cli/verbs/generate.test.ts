import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { breakpoint, packageSql } from '../../sql/package-sql.ts'
import { type App, createApp, drizzleJson } from '../../test/app.ts'
import { callVerb } from '../../test/verb.ts'

let app: App

beforeAll(async () => {
  app = await createApp({ 'drizzle.config.json': drizzleJson })
})
afterAll(() => app.remove())
afterEach(() => app.reset())

const generate = (...args: string[]) => callVerb(['generate', ...args], { cwd: app.folder, env: process.env })

test('writes nothing where the migrations make the newest schema', async () => {
  const before = await app.files()
  const { code, stdout } = await generate()
  expect(stdout).toBe(
    'The migrations make version 2 of the schema, and lack nothing. Apply them: pnpm drizzle-kit migrate\n',
  )
  expect(code).toBe(0)
  expect(await app.files()).toEqual(before)
})

test('writes the functions where no migration makes them', async () => {
  const { functions } = packageSql()
  await app.write('migrations/0001_cache_versions_functions.sql', '')
  await app.write('migrations/0005_cache_versions_2.sql', '')
  const before = await app.files()
  expect((await generate('--dry-run')).stdout).toBe(
    'Would write a migration "cache_versions_functions" to migrations.\n',
  )
  expect(await app.files()).toEqual(before)
  const { stdout } = await generate()
  expect(stdout).toMatch(/^Wrote migrations\/0006_cache_versions_functions\.sql: Makes the functions/)
  const written = await app.read('migrations/0006_cache_versions_functions.sql')
  expect(written.split(breakpoint)).toHaveLength(functions.split(breakpoint).length)
  expect(written).toContain(functions.trim())
  expect(JSON.parse((await generate('--json')).stdout)).toEqual({ migration: null, from: 2, to: 2 })
})

test('an app without drizzle-kit is told of the other ways', async () => {
  const bare = await createApp({}, { withDrizzle: false })
  const { code, stderr } = await callVerb(['generate'], { cwd: bare.folder })
  expect(stderr).toContain('Apply the upgrade with: pnpm next-cache-versions migrate')
  expect(code).toBe(1)
  await bare.remove()
})
