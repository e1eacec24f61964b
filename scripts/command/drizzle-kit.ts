import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { project } from '../project.ts'
import { CommandError } from './command-error.ts'

const timeoutMilliseconds = 60_000

/** Has drizzle-kit add a migration without statements, and gives what it printed. */
export async function generateEmptyMigration(name: string, signal: AbortSignal): Promise<string> {
  const program = join(project, 'node_modules/drizzle-kit/bin.cjs')
  const generate = [program, 'generate', '--custom', '--name', name]
  const running = promisify(execFile)(process.execPath, generate, {
    cwd: project,
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
    signal,
  })
  try {
    const { stdout, stderr } = await running
    return plain(stdout + stderr)
  } catch (cause) {
    await ended(running.child)
    signal.throwIfAborted()
    const {
      killed,
      stdout = '',
      stderr = '',
    } = cause as { killed?: boolean; stdout?: string; stderr?: string }
    const why = killed
      ? `was stopped after ${timeoutMilliseconds / 1000} seconds`
      : 'failed, so no migration was written'
    throw new CommandError(
      `drizzle-kit ${why}. Mend what it says and run this again:\n${plain(stdout + stderr)}`,
      { cause },
    )
  }
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
