import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, Record<string, string | undefined>>()

/**
 * Returns `env` of the configuration as the build had it whose server files are in the folder, by
 * `required-server-files.json` (`build/index.js`). Without it pages of a build that have no stamp are revalidated at their
 * first request if one of their tags was ever invalidated.
 */
export function environmentOfBuild(serverFolder: string): Record<string, string | undefined> {
  let environment = known.get(serverFolder)
  if (!environment) {
    environment = read(serverFolder)
    known.set(serverFolder, environment)
  }
  return environment
}

function read(serverFolder: string): Record<string, string | undefined> {
  try {
    const file = join(/* turbopackIgnore: true */ serverFolder, '../required-server-files.json')
    return JSON.parse(readFileSync(file, 'utf8')).config?.env ?? {}
  } catch {
    return {}
  }
}
