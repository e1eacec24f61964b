import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { project } from '../project.ts'
import { recordFolder } from './group-guard.ts'
import { commandLineOf, isAlive } from './process.ts'
import { stopGroups } from './stop-groups.ts'

/** Stops what is left of scripts that were killed together with their reapers. */
export async function stopAbandonedGroups(): Promise<void> {
  for (const name of await readdir(recordFolder).catch(() => [])) {
    if (isAlive(Number.parseInt(name, 10))) continue
    const file = join(recordFolder, name)
    const groups = JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as number[]
    // Another program may have got the number since.
    await stopGroups(groups.filter((group) => commandLineOf(group).includes(project)))
    await rm(file, { force: true })
  }
}
