import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { project } from '../../scripts/project.ts'

/** How many tests, or checks, passed and failed. */
export interface Tally {
  passed: number
  failed: number
}

/** No check takes longer: a hang must not eat the run. */
const minutes = 10

/** Runs a program of `node_modules/.bin` and counts it as one check, passed when it exits with 0. */
export async function passes(
  name: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Tally> {
  return await succeeds(name, async () => {
    await run(program, args, env)
  })
}

/** Counts work as one check, passed when it does not throw. */
export async function succeeds(name: string, work: () => Promise<void>): Promise<Tally> {
  console.log(`\n— ${name}`)
  const start = performance.now()
  const failure = await work().then(
    () => undefined,
    (error) => ({ error }),
  )
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (failure) console.log(failure.error)
  console.log(`${failure ? 'FAILED' : 'passed'}: ${name} (${seconds} s)`)
  return failure ? { passed: 0, failed: 1 } : { passed: 1, failed: 0 }
}

/** Runs vitest and counts its tests; a run that could not be counted is one failure. */
export async function vitest(report: string): Promise<Tally> {
  const check = await passes('vitest', 'vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ])
  const result = await json<{ numPassedTests: number; numFailedTests: number }>(report)
  return counted(check, result && { passed: result.numPassedTests, failed: result.numFailedTests })
}

/** Runs Playwright and counts its tests, likewise; a test that passed only when repeated has failed. */
export async function playwright(report: string, env: Readonly<Record<string, string>>): Promise<Tally> {
  const check = await passes('Playwright', 'playwright', ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    ...env,
  })
  const result = await json<{ stats: { expected: number; unexpected: number; flaky: number } }>(report)
  return counted(
    check,
    result && { passed: result.stats.expected, failed: result.stats.unexpected + result.stats.flaky },
  )
}

/** A run that ended badly without a failed test, or ran no test at all, must not look like success. */
function counted(check: Tally, tests: Tally | undefined): Tally {
  if (!tests || tests.passed + tests.failed === 0) return { passed: 0, failed: 1 }
  return { passed: tests.passed, failed: Math.max(tests.failed, check.failed) }
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(join(project, 'node_modules/.bin', program), args, {
    cwd: project,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: minutes * 60_000,
    shell: process.platform === 'win32',
  })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}.`)
}

async function json<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
