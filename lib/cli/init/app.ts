import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'

/** The app in a folder, as far as its files tell. */
export interface App {
  readonly cwd: string
  /** The folder of the App Router: `app` or `src/app`. */
  readonly routes: string | undefined
  /** Where code may be put: `.` or `src`. */
  readonly source: string
  readonly isTypeScript: boolean
  /** The configuration of Next, if there is one. */
  readonly config: string | undefined
  readonly proxy: string | undefined
}

/** The names that a configuration of Next may have, those first that Next looks for first. */
const configs = ['js', 'mjs', 'ts', 'mts'].map((end) => `next.config.${end}`)
const proxies = ['ts', 'js', 'mts', 'mjs'].flatMap((end) => [`proxy.${end}`, `src/proxy.${end}`])

/** @throws CommandError where there is no Next app. */
export function lookAtApp({ cwd }: Pick<Invocation, 'cwd'>): App {
  const first = (names: readonly string[]) => names.find((name) => existsSync(join(cwd, name)))
  if (!first(['package.json'])) throw new CommandError(`There is no package.json in ${cwd}. ${remedy}`)
  if (!hasNext(cwd)) throw new CommandError(`next is not installed in ${cwd}. ${remedy}`)
  const routes = first(['app', 'src/app'])
  return {
    cwd,
    routes,
    source: routes === 'src/app' || (!routes && first(['src/pages'])) ? 'src' : '.',
    isTypeScript: first(['tsconfig.json']) !== undefined,
    config: first(configs),
    proxy: first(proxies),
  }
}

const remedy = 'Run this in the folder of a Next app, after its dependencies are installed.'

function hasNext(cwd: string): boolean {
  try {
    createRequire(join(cwd, 'package.json')).resolve('next/package.json')
    return true
  } catch {
    return false
  }
}

/** The text of a file of the app; undefined where there is none. */
export function textOfFile(cwd: string, file: string): string | undefined {
  const path = join(cwd, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
