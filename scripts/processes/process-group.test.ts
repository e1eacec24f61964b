import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { project } from '../project.ts'
import { until } from '../until.ts'
import { commandLineOf } from './process.ts'
import { startGroup } from './process-group.ts'

/** A program that starts another, prints its process id, and waits for it. */
const nested = ['-c', 'sleep 60 & echo $!; wait']

test('is stopped with what it has started', async () => {
  const group = startGroup('/bin/sh', nested, { stdio: ['ignore', 'pipe', 'inherit'] })
  const child = await numberFrom(group.process.stdout)
  await group.stop()
  await untilGone(child)
})

test('is stopped with what it has started after kill -9 of the starter', async () => {
  const start = `
    import { startGroup } from './scripts/processes/process-group.ts'
    const group = startGroup('/bin/sh', ${JSON.stringify(nested)}, { stdio: ['ignore', 'pipe', 'inherit'] })
    group.process.stdout.pipe(process.stdout)`
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', start], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const child = await numberFrom(starter.stdout)
  starter.kill('SIGKILL')
  await untilGone(child)
})

test('takes with it what a program leaves behind that ends by itself', async () => {
  const group = startGroup('/bin/sh', ['-c', 'sleep 60 & echo $!'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const child = await numberFrom(group.process.stdout)
  expect(await group.exited).toBe(0)
  await untilGone(child)
})

async function numberFrom(output: Readable | null): Promise<number> {
  for await (const line of output ?? []) return Number(line)
  throw new Error('The program printed nothing.')
}

async function untilGone(pid: number): Promise<void> {
  await until('the process to end', 10, async () => commandLineOf(pid) === '' || undefined)
}
