import { slot } from '../base/slot.ts'
import { environmentOfBuild } from '../internals/environment-of-build.ts'
import { isBuilding } from '../internals/phase.ts'
import { standaloneEnvironment } from '../internals/standalone.ts'

/** Next starts the handlers without passing options, so the app's settings travel in the environment. */
export const settingNames = {
  /** How many seconds the last versions read are used while Postgres cannot be reached; unset for none. */
  serveStaleSeconds: 'CACHE_VERSIONS_SERVE_STALE_SECONDS',
  /** The most bytes for entries of `'use cache'`. */
  memoryBytes: 'CACHE_VERSIONS_MEMORY_BYTES',
  /** The folder of the build, whose id tells its shared entries from those of others; `.next` if unset. */
  buildFolder: 'CACHE_VERSIONS_DIST_DIR',
  /** `shared` to keep pages where all servers find them. */
  pages: 'CACHE_VERSIONS_PAGES',
  /** `local` to leave the tags that name no cache to each server. */
  tags: 'CACHE_VERSIONS_TAGS',
  /** The day of the build, in the environment of the build only. */
  builtOn: 'CACHE_VERSIONS_BUILT_ON',
  /** `off` to read the versions at each request, without leases. */
  leases: 'CACHE_VERSIONS_LEASES',
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

const tags = slot('tags setting', () => ({ areShared: setting('tags') !== 'local' }))

/** Whether tags and paths that name no cache are invalidated on every server. */
export function sharesTags(): boolean {
  return tags.areShared
}

const millisecondsOfDay = 24 * 3600 * 1000

/** The folder of the build, once Next has told it. */
const build = slot('build', (): { serverFolder?: string } => ({}))

export function noteServerFolder(serverFolder: string | undefined): void {
  if (serverFolder) build.serverFolder = serverFolder
}

/**
 * Returns a time before which the build has loaded nothing: a day before its day, so that no clock can be that wrong.
 * `undefined` where no build has noted its day.
 *
 * See docs/decisions/0055-what-a-build-has-not-stamped-is-judged-by-its-day.md
 */
export function builtAfter(): Date | undefined {
  const { serverFolder } = build
  const day = isBuilding() ? today() : serverFolder && environmentOfBuild(serverFolder)[settingNames.builtOn]
  return day ? new Date(Date.parse(day) - millisecondsOfDay) : undefined
}

/** The day of a build that runs now. */
export function today(): string {
  return new Date().toISOString().slice(0, 10)
}

export function usesLeases(): boolean {
  return setting('leases') !== 'off'
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
