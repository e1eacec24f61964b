import { openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const limit = 1024 * 1024

/** Opens the log of Postgres and its keeper to append to, or anew when the old one has grown large. */
export function openLog(folder: string): number {
  const size = statSync(logFile(folder), { throwIfNoEntry: false })?.size ?? 0
  return openSync(logFile(folder), size > limit ? 'w' : 'a')
}

/** The last lines of the log, for an error. */
export function endOfLog(folder: string): string {
  return readFileSync(logFile(folder), 'utf8').trimEnd().split('\n').slice(-8).join('\n')
}

function logFile(folder: string): string {
  return join(folder, 'postgres.log')
}
