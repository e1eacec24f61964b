import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { hasExited } from './process.ts'

/** A program with all that it starts in turn. */
export interface ProcessGroup {
  readonly process: ChildProcess
  /** The exit code of the program; 1 when a signal ended it, or when it could not be started. */
  readonly exited: Promise<number>
  /** Asks the whole group to end, and kills it after 5 seconds. */
  stop(): Promise<void>
  /** Kills the whole group. */
  kill(): Promise<void>
}

/**
 * Starts a program in a process group of its own. Ctrl-C does not reach it: whoever started it stops it, in the right
 * order. When the starter is killed, a guard stops it.
 */
export function startGroup(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'stdio'>,
): ProcessGroup {
  const child = spawn(program, args, { ...options, detached: true })
  const guard = child.pid === undefined ? undefined : startGuard(child.pid)
  const exited = once(child, 'exit').then(
    ([code]: (number | null)[]) => {
      // What a program leaves behind, as the TypeScript compiler leaves its native watcher.
      signal(child, 'SIGKILL')
      guard?.end('\n')
      return code ?? 1
    },
    (error: unknown) => {
      console.error(error)
      return 1
    },
  )
  return {
    process: child,
    exited,
    stop: () => stop(child, exited, 'SIGTERM'),
    kill: () => stop(child, exited, 'SIGKILL'),
  }
}

/**
 * Has a shell wait on a pipe that nobody else holds. When this process ends, be it by kill -9, the system closes the pipe,
 * and the shell stops the group. A line tells it that the group has ended, and that the number may go to another.
 */
function startGuard(group: number): Socket {
  const stop = 'kill -s TERM -- "-$1" && sleep 5 && kill -s KILL -- "-$1"'
  const shell = spawn('/bin/sh', ['-c', `read -r ended || { ${stop}; }`, 'sh', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  // Windows has no such shell, and no groups.
  shell.once('error', () => {})
  const pipe = shell.stdin as Socket
  pipe.unref()
  pipe.on('error', () => {})
  return pipe
}

async function stop(child: ChildProcess, exited: Promise<number>, first: NodeJS.Signals): Promise<void> {
  if (hasExited(child)) return
  child.ref()
  signal(child, first)
  const patience = new AbortController()
  const late = delay(5000, 'late', { signal: patience.signal }).catch(() => {})
  if ((await Promise.race([exited, late])) === 'late') signal(child, 'SIGKILL')
  patience.abort()
  await exited
}

/** Windows has no groups, so there it is the program alone. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), name)
  } catch {
    child.kill(name)
  }
}
