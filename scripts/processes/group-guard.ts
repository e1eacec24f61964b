import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { project } from '../project.ts'

/** Holds one file for each script that runs, named after its process, with its groups. */
export const recordFolder = join(project, '.data/scripts')

const groups = new Set<number>()
let reaper: ChildProcess | undefined

/**
 * Has a process group stopped when this process ends, in whatever way: at once by the reaper, and where that
 * is killed too, by the next script that starts.
 */
export function guardGroup(group: number): void {
  groups.add(group)
  record()
  reaper ??= startReaper()
  reaper.stdin?.write(`+${group}\n`)
}

export function forgetGroup(group: number): void {
  groups.delete(group)
  record()
  reaper?.stdin?.write(`-${group}\n`)
}

function record(): void {
  const file = join(recordFolder, `${process.pid}.json`)
  if (groups.size === 0) {
    rmSync(file, { force: true })
  } else {
    mkdirSync(recordFolder, { recursive: true })
    writeFileSync(file, JSON.stringify([...groups]))
  }
}

function startReaper(): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = fileURLToPath(new URL('./reaper.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', tsx, program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.unref()
  const input = child.stdin as Socket
  input.unref()
  // A killed reaper is no reason to end.
  input.on('error', () => {})
  return child
}
