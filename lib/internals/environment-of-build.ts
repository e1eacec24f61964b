import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, Record<string, string | undefined>>()

/**
 * Returns `env` of the configuration as the build in the folder had it, by `required-server-files.json`
 * (`build/index.js`). Without it pages of a build that have no stamp are revalidated at their first request if one of
 * their tags was ever invalidated.
 */
export function environmentOfBuild(folder: string): Record<string, string | undefined> {
  let environment = known.get(folder)
  if (!environment) {
    environment = read(folder)
    known.set(folder, environment)
  }
  return environment
}

function read(folder: string): Record<string, string | undefined> {
  try {
    const file = join(/* turbopackIgnore: true */ process.cwd(), folder, 'required-server-files.json')
    return JSON.parse(readFileSync(file, 'utf8')).config?.env ?? {}
  } catch {
    return {}
  }
}
