import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { passes, playwright, type Tally, vitest } from './checks/check.ts'
import { readOptions } from './options.ts'
import { project } from './project.ts'

const usage = `Usage: pnpm test

Runs every check: Biome, next typegen, the compiler, knip, publint and attw, the unit and integration tests on a
real Postgres, next build, and Playwright in a real Chromium against next start.
Ends in one line "N passed, N failed"; exits with 1 when a check failed, with 2 on wrong usage.
`

const reports = join(project, 'test-results/reports')
/** An address where no Postgres is: an app whose pages read no version while they are built needs none. */
const noDatabase = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }

process.exitCode = await main()

async function main(): Promise<number> {
  readOptions(usage, {})
  await rm(reports, { recursive: true, force: true })
  await mkdir(reports, { recursive: true })
  const { passed, failed } = await runAll()
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

async function runAll(): Promise<Tally> {
  let [passed, failed] = [0, 0]
  const add = (tally: Tally) => {
    passed += tally.passed
    failed += tally.failed
    return tally.failed === 0
  }

  add(await passes('the package compiles', 'tsc', ['-p', 'lib/tsconfig.build.json']))
  add(await passes('Biome', 'biome', ['check', '.']))
  add(await passes('next typegen', 'next', ['typegen']))
  add(await passes('the types of the package', 'tsc', ['-p', 'lib/tsconfig.json']))
  add(await passes('the types of the app', 'tsc', ['-p', 'tsconfig.json']))
  add(await passes('knip', 'knip', []))
  add(await passes('publint', 'publint', ['--strict']))
  add(
    await passes('attw', 'attw', [
      '--pack',
      '.',
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      'functions.sql',
    ]),
  )
  add(await passes('drizzle-kit check', 'drizzle-kit', ['check']))
  const app = await passes('pnpm build', 'tsx', ['scripts/build.ts'])
  // Beside the tests, which wait more than they work. The other build writes what they import.
  const [tests, ...fixtures] = await Promise.all([
    vitest(join(reports, 'vitest.json')),
    passes('next build, no database in reach', 'next', ['build', 'e2e/fixtures/requests'], noDatabase),
    passes('next build of the contract with Next', 'next', ['build', 'e2e/fixtures/contract']),
  ])
  add(tests)
  // Without a build Playwright would only repeat what has failed.
  if ([app, ...fixtures].map(add).every(Boolean)) add(await playwright(join(reports, 'playwright.json')))
  return { passed, failed }
}
