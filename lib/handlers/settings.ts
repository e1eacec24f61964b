import { standaloneEnvironment } from '../internals/standalone.ts'

/** The handlers are started by Next without a word from the app, so what it configured travels in the environment. */
export const settingNames = {
  /** How many seconds the last versions read may stand in while Postgres cannot be reached; not set for none. */
  serveStaleSeconds: 'CACHE_VERSIONS_SERVE_STALE_SECONDS',
  /** How many bytes the entries of `'use cache'` may take. */
  memoryBytes: 'CACHE_VERSIONS_MEMORY_BYTES',
  /** Where the id of the build is, which tells its shared entries from those of others; `.next` if not set. */
  buildFolder: 'CACHE_VERSIONS_DIST_DIR',
  /** `shared` when pages are kept where all servers find them. */
  pages: 'CACHE_VERSIONS_PAGES',
  /** `true` when the app takes the risk of a Next that this package was not tested with. */
  allowUntestedNext: 'CACHE_VERSIONS_ALLOW_UNTESTED_NEXT',
} as const

const mebibyte = 1024 * 1024

export function serveStaleSeconds(): number {
  return number('serveStaleSeconds') ?? 0
}

/** Next's own default, unless the app set `cacheMaxMemorySize`. */
export function memoryBytes(): number {
  return number('memoryBytes') ?? 50 * mebibyte
}

export function sharesPages(): boolean {
  return setting('pages') === 'shared'
}

export function allowsUntestedNext(): boolean {
  return setting('allowUntestedNext') === 'true'
}

function number(name: keyof typeof settingNames): number | undefined {
  const text = setting(name)
  return text === undefined || text === '' ? undefined : Number(text)
}

function setting(name: keyof typeof settingNames): string | undefined {
  return process.env[settingNames[name]] ?? standaloneEnvironment()[settingNames[name]]
}
