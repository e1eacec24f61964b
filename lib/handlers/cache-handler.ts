import fileSystemCache from 'next/dist/server/lib/incremental-cache/file-system-cache.js'
import type { CacheHandler, CacheHandlerValue } from 'next/dist/server/lib/incremental-cache/index.js'
import type { CachedFetchValue, IncrementalCacheValue } from 'next/dist/server/response-cache/types.js'
import { mayBeVersioned } from '../core/stamp.ts'
import { letCachesServe, requestBegan } from '../request/next-request.ts'
import { mayBeRenewed } from './age.ts'
import { readVersionsBeforeLoad } from './current.ts'
import { invalidateTags } from './invalidate-tags.ts'
import { judgeOf, mayServe } from './judge.ts'
import { loadEnded, loadMayBegin } from './loads.ts'
import { isPage, type Page, tagsOf, withDeadStamps, withTags } from './page.ts'
import { shellTags, withCurrentShell } from './shell.ts'
import { stamped } from './stamped.ts'

type Context = ConstructorParameters<typeof CacheHandler>[0]
type GetContext = Parameters<CacheHandler['get']>[1]
type SetContext = Parameters<CacheHandler['set']>[2]

// Node and Turbopack, which bundles this file into the proxy, disagree about the default export of CommonJS.
const FileSystemCache = ((fileSystemCache as { default?: unknown }).default ??
  fileSystemCache) as typeof CacheHandler

/**
 * The handler of static pages, shells, static route handlers, fetch and `unstable_cache`. It is Next's own, which keeps
 * them in memory and in files and finds those of the build, with one rule on top: an entry is served if its stamps
 * are current.
 */
export default class CacheVersionsHandler {
  readonly #stored: CacheHandler

  constructor(context: Context) {
    this.#stored = new FileSystemCache(context)
  }

  async get(key: string, context: GetContext): Promise<CacheHandlerValue | null> {
    const data = await this.#stored.get(key, context)
    if (isFetch(context)) return await fetchToServe(key, data, context)
    if (!data?.value) {
      await readVersionsBeforeLoad()
      loadMayBegin(key)
      return data
    }
    return isPage(data.value) ? await pageToServe(key, data, data.value) : data
  }

  async set(key: string, value: IncrementalCacheValue | null, context: SetContext): Promise<void> {
    const loadBegan = loadEnded(key)
    if (value && context.fetchCache) {
      const tags = stamped(context.tags ?? [], loadBegan ?? requestBegan())
      // Next keeps this very object among the entries that a shell brings along, where nothing else tells its tags.
      ;(value as CachedFetchValue).tags = tags
      // Before anything is awaited: the second pass of the render may begin while files are written.
      letCachesServe()
      await this.#stored.set(key, value, { ...context, tags })
    } else if (value && isPage(value)) {
      await this.#stored.set(key, withTags(value, stamped(tagsOf(value), loadBegan)), context)
    } else {
      await this.#stored.set(key, value, context)
    }
  }

  async revalidateTag(tags: string | string[], durations?: { expire?: number }): Promise<void> {
    await invalidateTags(typeof tags === 'string' ? [tags] : tags, (plain) =>
      this.#stored.revalidateTag(plain, durations),
    )
  }

  resetRequestCache(): void {
    this.#stored.resetRequestCache()
  }
}

type FetchContext = Extract<GetContext, { tags?: string[] }>

function isFetch(context: GetContext): context is FetchContext {
  return (context.kind as string) === 'FETCH'
}

async function fetchToServe(
  key: string,
  data: CacheHandlerValue | null,
  context: FetchContext,
): Promise<CacheHandlerValue | null> {
  const value = data?.value as CachedFetchValue | null | undefined
  const tags = [...(context.tags ?? []), ...(value?.tags ?? [])]
  if (!data || !value) {
    if (mayBeVersioned(tags)) await readVersionsBeforeLoad()
    loadMayBegin(key)
    return data
  }
  const servable = await mayServe(tags)
  const revalidate = context.revalidate || value.revalidate
  if (!servable || mayBeRenewed(data, tags, revalidate)) loadMayBegin(key)
  return servable ? data : null
}

/**
 * What is not current is given back as in need of being made anew before anything is served. Were it withheld, Next
 * would serve the fallback shell of the route in its place, and never make it anew. Next also resumes what is given
 * back, so the entries it brings along must be current in either case.
 */
async function pageToServe(key: string, data: CacheHandlerValue, page: Page): Promise<CacheHandlerValue> {
  const tags = tagsOf(page)
  const judge = await judgeOf([tags, ...shellTags(page)])
  const isCurrent = judge(tags)
  if (!isCurrent || mayBeRenewed(data, tags, data.cacheControl?.revalidate)) loadMayBegin(key)
  const current = withCurrentShell(page, judge)
  if (!isCurrent) return { ...data, lastModified: -1, value: withDeadStamps(current) }
  return current === page ? data : { ...data, value: current }
}
