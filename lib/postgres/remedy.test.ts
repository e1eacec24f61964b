import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrationRemedy } from './remedy.ts'

let folder: string
const agent = process.env.npm_config_user_agent

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-remedy-'))
  delete process.env.npm_config_user_agent
})
afterEach(async () => {
  if (agent) process.env.npm_config_user_agent = agent
  await rm(folder, { recursive: true })
})

test.each([
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bunx'],
  ['package-lock.json', 'npx'],
])('an app with %s and Drizzle migrates by %s, from a folder of a workspace too', async (lock, runner) => {
  await mkdir(join(folder, 'apps/web'), { recursive: true })
  await writeFile(join(folder, lock), '')
  await writeFile(join(folder, 'apps/web/drizzle.config.ts'), '')
  expect(migrationRemedy(join(folder, 'apps/web'))).toBe(`Run the migrations: ${runner} drizzle-kit migrate`)
})

test.each([
  ['pnpm/12.0.1 npm/? node/v20.19.0 linux x64', 'pnpm'],
  ['bun/1.3.0 npm/? node/v20.19.0 linux x64', 'bunx'],
  [undefined, 'npx'],
])('without a lock file, what has started the process counts: %s', async (started, runner) => {
  await writeFile(join(folder, 'drizzle.config.json'), '')
  if (started) process.env.npm_config_user_agent = started
  expect(migrationRemedy(folder)).toBe(`Run the migrations: ${runner} drizzle-kit migrate`)
})

test('an app without Drizzle is told what makes the tables and functions', () => {
  expect(migrationRemedy(folder)).toContain('npx next-cache-versions migrate')
})
