import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** Reads a variable of the environment, or of the folder's `.env.local`, or of its `.env`. */
export function setting(name: string, folder: string, env: NodeJS.Dict<string>): string | undefined {
  return env[name] || fromFile(join(folder, '.env.local'), name) || fromFile(join(folder, '.env'), name)
}

function fromFile(path: string, name: string): string | undefined {
  try {
    return parseEnv(readFileSync(path, 'utf8'))[name]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
