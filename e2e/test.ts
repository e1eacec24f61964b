import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readOptions } from '../scripts/options.ts'
import { project } from '../scripts/project.ts'
import { passes, playwright, type Tally, vitest } from './checks/check.ts'
import { BuiltFixtures } from './checks/fixtures.ts'
import { testWithNext } from './checks/other-next.ts'
import { withPostgres } from './harness/environment.ts'
import { startTestPostgres } from './harness/postgres.ts'

const usage = `Usage: pnpm test [--next VERSION]

Runs every check: Biome, next typegen, the compiler, knip, publint and attw, the unit and integration tests on a
real Postgres, next build, and Playwright in a real Chromium against next start.
Ends in one line "N passed, N failed"; exits with 1 when a check failed, with 2 on wrong usage.

      --next VERSION  Runs all of it on another Next, such as 16.3.8 or canary, in a copy of this folder
  -h, --help          Prints this
`

const reports = join(project, 'test-results/reports')
const attw = ['--pack', '.', '--profile', 'esm-only', '--exclude-entrypoints', 'functions.sql']

process.exitCode = await main()

async function main(): Promise<number> {
  const { next } = readOptions(usage, { next: { type: 'string' } }).values
  if (next) return await testWithNext(next)

  await rm(reports, { recursive: true, force: true })
  await mkdir(reports, { recursive: true })
  const { passed, failed } = await runAll()
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

async function runAll(): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 }
  const add = ({ passed, failed }: Tally) => {
    tally.passed += passed
    tally.failed += failed
    return failed === 0
  }
  const check = async (...of: Parameters<typeof passes>) => add(await passes(...of))

  await check('the package compiles', 'tsc', ['-p', 'lib/tsconfig.build.json'])
  await check('next typegen', 'next', ['typegen'])
  const postgres = await startTestPostgres()
  const fixtures = new BuiltFixtures(postgres.url)
  try {
    const building = check('pnpm build', 'tsx', ['scripts/build.ts'])
    const [app, built] = await Promise.all([
      building,
      building.then(() => fixtures.buildAll()).then((tallies) => tallies.map(add).every(Boolean)),
      // Not beside the build, which writes the types of the routes.
      building.then(() => check('the types of the app', 'tsc', ['-p', 'tsconfig.json'])),
      // Beside the builds: the tests wait more than they work.
      Promise.all([
        check('Biome', 'biome', ['check', '.']),
        check('the types of the package', 'tsc', ['-p', 'lib/tsconfig.json']),
        check('drizzle-kit check', 'drizzle-kit', ['check']),
        check('knip', 'knip', []),
        check('publint', 'publint', ['--strict']),
        check('attw', 'attw', attw),
      ]).then(async () => add(await vitest(join(reports, 'vitest.json')))),
    ])
    // Without a build Playwright would only repeat what has failed.
    if (app && built) {
      const env = { ...withPostgres(postgres), ...fixtures.environment() }
      add(await playwright(join(reports, 'playwright.json'), env))
    }
  } finally {
    await fixtures.remove()
    await postgres.stop()
  }
  return tally
}
