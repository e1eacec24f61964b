import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startGroup } from '../../scripts/processes/process-group.ts'
import { project } from '../../scripts/project.ts'
import { leaseMutations } from './mutations/lease.ts'
import type { Mutation } from './mutations/mutation.ts'
import { tagMutations } from './mutations/tags.ts'

const mutations = [...tagMutations, ...leaseMutations]

const longestMilliseconds = 120_000

interface MutationsOutcome {
  /** Each mutation, the first test that has found it, and by what. */
  readonly found: Readonly<Record<string, string>>
  readonly violations: readonly string[]
}

/** Leaves one rule of the leases and of the log of tags out after the other, in a copy of this folder, and sees that a test fails. */
export async function findMutations(rounds: number): Promise<MutationsOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-mutations-'))
  const found: Record<string, string> = {}
  const violations: string[] = []
  try {
    await copyProject(folder)
    const none = await failedTest(
      folder,
      mutations.flatMap(({ tests }) => tests),
    )
    if (none) violations.push(`Without a mutation "${none}" fails.`)
    for (const mutation of mutations.slice(0, rounds)) {
      console.error(`when ${mutation.name}`)
      const restore = await mutate(folder, mutation)
      const test = await failedTest(folder, mutation.tests)
      await restore()
      if (test) found[mutation.name] = test
      else violations.push(`No test fails when ${mutation.name}.`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { found, violations }
}

async function copyProject(folder: string): Promise<void> {
  for (const part of [
    'lib',
    // The migrations are run by its commands.
    'dist',
    'drizzle',
    'e2e/harness',
    'e2e/proofs',
    'scripts',
    'docs',
    'package.json',
    'vitest.config.ts',
    'tsconfig.json',
  ])
    await cp(join(project, part), join(folder, part), { recursive: true })
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'))
}

/** Changes the file, and returns the function that changes it back. */
async function mutate(folder: string, { file, from, to }: Mutation): Promise<() => Promise<void>> {
  const path = join(folder, file)
  const before = await readFile(path, 'utf8')
  if (!before.includes(from))
    throw new Error(`[cache-versions] ${file} does not hold ${JSON.stringify(from)}.`)
  // Not as a string, in which $$ would be $.
  await writeFile(
    path,
    before.replaceAll(from, () => to),
  )
  return () => writeFile(path, before)
}

/** Runs the tests, and returns the name of the first that fails, and why. */
async function failedTest(folder: string, tests: readonly string[]): Promise<string | undefined> {
  const report = join(folder, 'report.json')
  await rm(report, { force: true })
  const args = ['run', '--bail=1', '--reporter=json', `--outputFile=${report}`, ...new Set(tests)]
  const run = startGroup(join(project, 'node_modules/.bin/vitest'), args, { cwd: folder, stdio: 'ignore' })
  const inTime = await Promise.race([run.exited, delay(longestMilliseconds, undefined, { ref: false })])
  if (inTime === undefined) {
    await run.kill()
    return `(no end within ${longestMilliseconds} ms)`
  }
  const { testResults }: Report = JSON.parse(await readFile(report, 'utf8'))
  const failed = testResults.flatMap(({ assertionResults, name, status }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed')
    // Without one of them the file itself has failed, or what goes before its tests.
    if (tests.length === 0) return status === 'failed' ? [name] : []
    return tests.map((test) => `${test.fullName}: ${test.failureMessages[0]?.split('\n', 1)[0]}`)
  })
  return failed[0]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}
