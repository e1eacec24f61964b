import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { CommandError } from '../command-error.ts'

const timeoutMilliseconds = 60_000

/** The drizzle-kit of an app. */
export interface DrizzleKit {
  /** Runs it in the folder of the app and gives what it printed. */
  run(args: readonly string[], env?: NodeJS.Dict<string>, signal?: AbortSignal): Promise<string>
}

/** Finds drizzle-kit as the app would import it. */
export function findDrizzleKit(cwd: string, env: NodeJS.Dict<string>): DrizzleKit | undefined {
  const program = findProgram(cwd)
  if (program === undefined) return undefined
  return {
    run: (args, extra = {}, signal = new AbortController().signal) =>
      runKit([program, ...args], { cwd, env: { ...env, ...extra } as NodeJS.ProcessEnv, signal }),
  }
}

function findProgram(cwd: string): string | undefined {
  try {
    const folder = dirname(createRequire(join(cwd, 'package.json')).resolve('drizzle-kit'))
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return join(folder, typeof bin === 'string' ? bin : bin['drizzle-kit'])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

async function runKit(
  args: readonly string[],
  place: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<string> {
  place.signal.throwIfAborted()
  const running = promisify(execFile)(process.execPath, args, {
    ...place,
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
  })
  try {
    const { stdout, stderr } = await running
    return plain(stdout + stderr)
  } catch (cause) {
    await ended(running.child)
    place.signal.throwIfAborted()
    const { killed, stdout = '', stderr = '' } = cause as Partial<typeof cause & Printed>
    const why = killed ? `was stopped after ${timeoutMilliseconds / 1000} seconds` : 'failed'
    throw new CommandError(
      `drizzle-kit ${why}, so nothing was written. Mend what it says and run this again:\n${plain(stdout + stderr)}`,
      { cause },
    )
  }
}

interface Printed {
  killed: boolean
  stdout: string
  stderr: string
}

/** Waits until a killed process is gone, because it may write until then. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** What drizzle-kit printed, without colours and without the lines of a stack that lead into its own code. */
function plain(output: string): string {
  const lines = stripVTControlCharacters(output).trim().split('\n')
  return lines.filter((line) => !/^\s+at /.test(line)).join('\n')
}
