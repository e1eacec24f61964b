import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'
import { CacheVersionsError } from './base/error.ts'
import { settingNames, today } from './handlers/settings.ts'
import { refuseUnsupportedNext } from './handlers/supported-next.ts'

export interface CacheVersionsConfig {
  /**
   * Decides over entries that need a version while Postgres cannot be reached, when nobody can tell whether they are
   * current. `'error'`, the default: a page fails, and an entry inside of a page is loaded again. `{ serveStaleSeconds }`:
   * they are judged by the last versions this process has read, if that was not longer ago, so an invalidation may be
   * missed for as long. Pages that need no version are served in either case.
   */
  whenUnavailable?: 'error' | { readonly serveStaleSeconds: number }
  /**
   * Where static pages, shells, static route handlers, fetch and `unstable_cache` are kept. `'local'`, the default: by
   * each server for itself. `'shared'`: in the Redis of the environment too, so that what one server has made the others
   * of the same build serve without making it again. Without a Redis it is as `'local'`.
   */
  pages?: 'local' | 'shared'
  /**
   * Where `updateTag`, `revalidateTag` and `revalidatePath` reach for tags and paths that name no cache. `'shared'`, the
   * default: every server, at its next request. `'local'`: the server that runs them, as in stock Next; pages that depend on
   * no named cache then need no Postgres.
   */
  tags?: 'shared' | 'local'
  /**
   * Whether a server answers from memory while it holds a lease in Postgres, which a writer recalls before it changes a
   * version. `'auto'`, the default: while reads are frequent and writes are not. `'off'`: it reads the versions at each
   * request. What is served is the same.
   */
  leases?: 'auto' | 'off'
  /**
   * Runs on a Next newer than those this release was tested with, which may serve what is stale without an error. `false`
   * by default. Set it for as long as it takes to run your tests, or take the next release of this package.
   */
  allowUntestedNext?: boolean
}

type ConfigFunction = (
  phase: string,
  context: { defaultConfig: NextConfig },
) => NextConfig | Promise<NextConfig>

/**
 * Makes every cache of Next obey the versions: `'use cache'`, `'use cache: remote'`, fetch, `unstable_cache`, static
 * pages, shells and static route handlers. Wrap the whole configuration in `next.config.ts` with it.
 *
 * @throws CacheVersionsError `invalid-config` when the configuration has cache handlers of its own in these places;
 *   `unsupported-next` when the installed Next is outside of the range that this release was tested with.
 */
export function withCacheVersions(config?: NextConfig, options?: CacheVersionsConfig): NextConfig
export function withCacheVersions(
  config: ConfigFunction | Promise<NextConfig>,
  options?: CacheVersionsConfig,
): ConfigFunction
export function withCacheVersions(
  config: NextConfig | ConfigFunction | Promise<NextConfig> = {},
  options: CacheVersionsConfig = {},
): NextConfig | ConfigFunction {
  if (typeof config === 'function') {
    return async (phase, context) => withHandlers(await config(phase, context), options)
  }
  // A plugin that has to wait returns a promise, which Next accepts too.
  if (config instanceof Promise) return async () => withHandlers(await config, options)
  return withHandlers(config, options)
}

function withHandlers(config: NextConfig, options: CacheVersionsConfig): NextConfig {
  refuseOtherHandlers(config)
  const settings = settingsOf(config, options)
  Object.assign(process.env, settings)
  refuseUnsupportedNext()
  return {
    ...config,
    // A standalone server starts without this file; it finds the settings here.
    env: { ...config.env, ...settings, [settingNames.builtOn]: today() },
    cacheHandler: handler('cache-handler'),
    ...(canBuildUseCacheHandlers(config)
      ? {
          cacheHandlers: {
            ...config.cacheHandlers,
            default: handler('use-cache'),
            remote: handler('use-cache-remote'),
          },
        }
      : {}),
  }
}

/**
 * Turbopack of Next 16.4.6 cannot build a route handler on the edge beside any handler of `'use cache'`: `wrap_edge_route`
 * of its `app_route_entry.rs` writes the entries of an object (`"default": cacheHandler0,`) where the template
 * `edge-app-route.js` expects statements. An app without the directive does without the handlers while it is built; one
 * with it may have no such route, as Next itself says.
 */
function canBuildUseCacheHandlers({ cacheComponents, experimental }: NextConfig): boolean {
  const hasUseCache = cacheComponents || experimental?.cacheComponents || experimental?.useCache
  return Boolean(hasUseCache) || !process.env.TURBOPACK
}

function settingsOf(
  config: NextConfig,
  { whenUnavailable = 'error', pages = 'local', tags, leases, allowUntestedNext }: CacheVersionsConfig,
): Record<string, string> {
  const seconds = whenUnavailable === 'error' ? 0 : whenUnavailable.serveStaleSeconds
  if (!(seconds >= 0 && Number.isFinite(seconds))) {
    throw new CacheVersionsError(
      'invalid-config',
      `whenUnavailable.serveStaleSeconds is ${seconds}. Give a number of seconds, or 'error'.`,
    )
  }
  if (pages !== 'local' && pages !== 'shared') {
    throw new CacheVersionsError('invalid-config', `pages is "${pages}". Give 'local' or 'shared'.`)
  }
  if (tags !== undefined && tags !== 'shared' && tags !== 'local') {
    throw new CacheVersionsError('invalid-config', `tags is "${tags}". Give 'shared' or 'local'.`)
  }
  if (leases !== undefined && leases !== 'auto' && leases !== 'off') {
    throw new CacheVersionsError('invalid-config', `leases is "${leases}". Give 'auto' or 'off'.`)
  }
  return {
    [settingNames.serveStaleSeconds]: String(seconds),
    [settingNames.pages]: pages,
    ...(tags === undefined ? {} : { [settingNames.tags]: tags }),
    ...(leases === undefined ? {} : { [settingNames.leases]: leases }),
    ...(allowUntestedNext === undefined
      ? {}
      : { [settingNames.allowUntestedNext]: String(allowUntestedNext) }),
    ...(config.cacheMaxMemorySize === undefined
      ? {}
      : { [settingNames.memoryBytes]: String(config.cacheMaxMemorySize) }),
    ...(config.distDir === undefined ? {} : { [settingNames.buildFolder]: config.distDir }),
  }
}

function refuseOtherHandlers(config: NextConfig): void {
  const taken = [
    ...(config.cacheHandler ? ['cacheHandler'] : []),
    ...(config.cacheHandlers?.default ? ['cacheHandlers.default'] : []),
    ...(config.cacheHandlers?.remote ? ['cacheHandlers.remote'] : []),
  ]
  if (taken.length === 0) return
  throw new CacheVersionsError(
    'invalid-config',
    `The configuration sets ${taken.join(' and ')} itself, and an entry kept there would not obey its version. Leave it to withCacheVersions.`,
  )
}

function handler(name: string): string {
  return fileURLToPath(new URL(`./handlers/entry/${name}.js`, import.meta.url))
}
