import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// Between being told the URL and connecting, a process is known to nobody. So it leaves a trace that is looked at in the
// same breath in which Postgres is stopped.

export async function ask(folder: string): Promise<void> {
  await writeFile(join(folder, 'asked'), '')
}

/** Milliseconds of the epoch. */
export function askedAt(folder: string): number {
  return statSync(join(folder, 'asked'), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
