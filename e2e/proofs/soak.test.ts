import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { project } from '../../scripts/project.ts'

const run = promisify(execFile)

async function soak(...args: string[]) {
  return await run(process.execPath, ['--import', 'tsx', 'e2e/soak.ts', ...args], { cwd: project }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  )
}

test('pnpm soak runs the proof that is named and prints what it found', async () => {
  const { code, stdout } = await soak('reversed', '--rounds', '3')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ proof: 'reversed', committed: 6, failures: [], violations: [] })
})

test('pnpm soak refuses a proof that it does not know', async () => {
  expect((await soak('forwards')).code).toBe(2)
})
