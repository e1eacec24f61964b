import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/**
 * Reads a variable of the environment, or of `.env.local`, or of `.env`. The files are read and not loaded:
 * what they hold must not look like the real environment to Next, which has its own order for them.
 */
export function setting(name: string, folder = process.cwd()): string | undefined {
  for (const values of environments(folder)) {
    if (values[name]) return values[name]
  }
  return undefined
}

function* environments(folder: string): Generator<NodeJS.Dict<string>> {
  yield process.env
  for (const file of ['.env.local', '.env']) {
    const content = read(join(folder, file))
    if (content) yield parseEnv(content)
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
