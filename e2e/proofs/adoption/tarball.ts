import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { project } from '../../../scripts/project.ts'

/** Packs the package into the folder as it would be published, and returns the path. */
export async function packTarball(folder: string): Promise<string> {
  await promisify(execFile)('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: project,
  })
  const name = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (name === undefined) throw new Error('[cache-versions] npm pack wrote no tarball. Look at what it says.')
  return join(folder, name)
}
