import { openSync, statSync } from 'node:fs'

const limit = 1024 * 1024

/** Opens a log to append to, or anew when the old one has grown large. */
export function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return openSync(path, size > limit ? 'w' : 'a')
}
