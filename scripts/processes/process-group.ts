import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { forgetGroup, guardGroup } from './group-guard.ts'
import { signalGroup } from './process.ts'

/** A Node program with all that it starts in turn. */
export interface ProcessGroup {
  process: ChildProcess
  /** The exit code of the program; 1 when a signal ended it. */
  exited: Promise<number>
  /** Ends the whole group, within 5 seconds. */
  stop(): Promise<void>
}

/**
 * Starts a Node program in a process group of its own. Ctrl-C does not reach it: whoever started it stops it,
 * in the right order. When the starter is killed, the reaper stops it.
 */
export function startGroup(args: string[], options: Pick<SpawnOptions, 'env' | 'stdio'>): ProcessGroup {
  const child = spawn(process.execPath, args, { ...options, detached: true })
  const group = child.pid
  if (group) guardGroup(group)

  const exited = once(child, 'exit').then(([code]: (number | null)[]) => {
    // What a program leaves behind, as the TypeScript compiler leaves its native watcher.
    signal(child, 'SIGKILL')
    // The number may go to another group from now on.
    if (group) forgetGroup(group)
    return code ?? 1
  })
  return { process: child, exited, stop: () => stop(child, exited) }
}

async function stop(child: ChildProcess, exited: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  signal(child, 'SIGTERM')
  const patience = new AbortController()
  const late = delay(5000, 'late', { signal: patience.signal }).catch(() => {})
  if ((await Promise.race([exited, late])) === 'late') signal(child, 'SIGKILL')
  patience.abort()
  await exited
}

/** Windows has no groups, so there it is the program alone. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (!child.pid || !signalGroup(child.pid, name)) child.kill(name)
}
