import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The program of a process and its arguments, with spaces between; empty when it is gone, or a zombie. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    }
    if (process.platform === 'win32') return process.kill(pid, 0) ? 'unknown' : ''
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

export function isAlive(pid: number): boolean {
  return commandLineOf(pid) !== ''
}

/** Sends a signal to a process group, or none for the signal 0, and tells whether there is such a group. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
