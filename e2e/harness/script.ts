import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from '@playwright/test'
import { freePort as freePortNumber } from '../../scripts/free-port.ts'
import { project } from '../../scripts/project.ts'

/** A script of this repository while it runs, such as `dev`. */
export interface Script {
  readonly process: ChildProcess
  readonly output: () => string
  /** Returns the text after a word of the table that it prints. */
  readonly says: (word: string) => Promise<string>
}

const started: ChildProcess[] = []

export function startScript(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Script {
  // A group of its own, which gets the Ctrl-C as the programs of a terminal do.
  const child = spawn(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`, ...args], {
    cwd: project,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    process: child,
    output: () => output,
    async says(word) {
      const line = new RegExp(`^ +${word} +(.*)$`, 'm')
      await expect.poll(() => output, { timeout: 90_000, intervals: [50] }).toMatch(line)
      return line.exec(output)?.[1] ?? ''
    },
  }
}

/** Ends what a test has left running. */
export async function stopScripts(): Promise<void> {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

/** Does what Ctrl-C in its terminal does, and waits until it has ended. */
export async function interrupt(script: Script): Promise<void> {
  process.kill(-(script.process.pid ?? 0), 'SIGINT')
  await exitOf(script)
}

export async function exitOf({ process: child }: Script): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

export async function freePort(): Promise<string> {
  return String(await freePortNumber())
}
