import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Edit } from './plan.ts'

export function writeEdit(cwd: string, { file, after }: Edit): void {
  const path = join(cwd, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, after)
}

/** Brings a file back to what it was before the edit. Folders that were made for it may stay. */
export function takeBack(cwd: string, { file, before }: Edit): void {
  const path = join(cwd, file)
  if (before === undefined) rmSync(path, { force: true })
  else writeFileSync(path, before)
}
