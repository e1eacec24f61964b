import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const millisecondsToFill = 10 * 60_000

/**
 * Makes a folder unless it is there, whole or not at all: it is filled aside and renamed. Of several processes that make
 * it at once the first wins, and the others remove theirs.
 */
export async function makeFolder(
  folder: string,
  fill: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  await removeAbandoned(folder)
  const unfinished = await mkdtemp(`${folder}.new-`)
  try {
    await fill(unfinished)
    await rename(unfinished, folder).catch((cause: unknown) => {
      if (!existsSync(folder)) throw cause
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Removes what a killed process has left unfinished. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.new-`)) continue
    const path = join(dirname(folder), name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > millisecondsToFill) await rm(path, { recursive: true, force: true })
  }
}
