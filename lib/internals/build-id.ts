import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, string | undefined>()

/**
 * Returns the id of the build (`BUILD_ID`, `build/index.js`) whose server files are in the folder; `undefined` where
 * there is none, as in `next dev`. Without it pages are not shared.
 */
export function buildIdOf(serverFolder: string): string | undefined {
  if (!known.has(serverFolder)) known.set(serverFolder, readBuildId(serverFolder))
  return known.get(serverFolder)
}

function readBuildId(serverFolder: string): string | undefined {
  try {
    return readFileSync(join(/* turbopackIgnore: true */ serverFolder, '../BUILD_ID'), 'utf8').trim()
  } catch {
    return undefined
  }
}
