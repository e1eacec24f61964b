import { FileSystemCache } from '../internals/page-handler.ts'
import { isPage, tagsOf, withTags } from '../internals/page-tags.ts'
import { requestBegan } from '../internals/render.ts'
import { watchRenders } from '../internals/renders.ts'
import type {
  CachedFetchValue,
  CacheHandlerValue,
  IncrementalCacheValue,
  PageCacheHandler,
} from '../internals/types.ts'
import { watchTags } from '../versions/tags/changes.ts'
import { fetchToServe, isFetch } from './entries/fetch-lookup.ts'
import { refuseUnknownNext } from './next-check.ts'
import { lookUpPage } from './pages/lookup.ts'
import { keptPrivate } from './pages/private.ts'
import { withSharedPages } from './pages/shared-pages.ts'
import { noteServerFolder, sharesTags } from './settings.ts'
import { arrival } from './sharing/arrival.ts'
import { nothingOlderToShare } from './sharing/overtaken.ts'
import { loadStored } from './sharing/page-loads.ts'
import { renderHooks } from './sharing/render-hooks.ts'
import { leaveCachesToStamps } from './tags/expired-tags.ts'
import { invalidateTags } from './tags/invalidate-tags.ts'
import { readVersionsBeforeLoad } from './verdict/current.ts'
import { loadBegan } from './verdict/loads.ts'
import { stamped } from './verdict/stamped.ts'

type Context = ConstructorParameters<typeof PageCacheHandler>[0]
type GetContext = Parameters<PageCacheHandler['get']>[1]
type SetContext = Parameters<PageCacheHandler['set']>[2]

// Next loads this file before it renders anything.
watchRenders(renderHooks)
if (sharesTags()) watchTags()

/**
 * The handler of static pages, shells, static route handlers, fetch and `unstable_cache`. It wraps Next's own, which
 * keeps them in memory and in files and finds those of the build, and adds one rule: an entry is served if its stamps
 * are current.
 *
 * See docs/decisions/0007-the-cache-handlers-wrap-nexts-own.md
 */
class CacheVersionsHandler {
  readonly #stored: PageCacheHandler
  readonly #serverFolder: string
  readonly #request: object

  constructor(context: Context) {
    refuseUnknownNext()
    this.#stored = withSharedPages(new FileSystemCache(context), context)
    this.#serverFolder = context.serverDistDir ?? ''
    this.#request = context._requestHeaders
    noteServerFolder(context.serverDistDir)
  }

  async get(key: string, context: GetContext): Promise<CacheHandlerValue | null> {
    if (isFetch(context)) {
      return await fetchToServe(key, await this.#stored.get(key, context), context, this.#request)
    }
    const lookup = { key, context, serverFolder: this.#serverFolder, request: this.#request }
    return await lookUpPage(lookup, () => this.#storedPage(key, context))
  }

  async set(key: string, value: IncrementalCacheValue | null, context: SetContext): Promise<void> {
    try {
      await this.#store(key, value, context)
    } finally {
      if (!context.fetchCache) loadStored(key)
    }
  }

  async #store(key: string, value: IncrementalCacheValue | null, context: SetContext): Promise<void> {
    const began = loadBegan(this.#request, key)
    if (value && context.fetchCache) {
      const tags = stamped(context.tags ?? [], began ?? requestBegan())
      // Next keeps this very object among the entries of a shell, where only it carries their tags.
      ;(value as CachedFetchValue).tags = tags
      await this.#stored.set(key, value, { ...context, tags })
    } else if (value && isPage(value)) {
      const stored = withTags(value, stamped(tagsOf(value), began))
      // A page that was just rendered is sent as this very object.
      Object.assign(value, keptPrivate(value))
      if (value.headers?.location !== undefined) arrival()?.redirectOnce()
      await this.#stored.set(key, stored, context)
    } else {
      await this.#stored.set(key, value, context)
    }
  }

  async revalidateTag(tags: string | string[], durations?: { expire?: number }): Promise<void> {
    await invalidateTags(typeof tags === 'string' ? [tags] : tags, durations, (own) =>
      this.#stored.revalidateTag(own, durations),
    )
  }

  resetRequestCache(): void {
    this.#stored.resetRequestCache()
  }

  async #storedPage(key: string, context: GetContext): Promise<CacheHandlerValue | null> {
    const data = await this.#stored.get(key, context)
    if (data?.value) return data
    await readVersionsBeforeLoad()
    return leaveCachesToStamps() ? await this.#stored.get(key, context) : data
  }
}

/**
 * The export that Next loads. Next awaits it for each request, before the request may join others
 * (`route-modules/route-module.js`), so a thenable can hold the request back. The proxy, into which Next bundles this
 * file, uses the class itself.
 *
 * See docs/decisions/0022-a-request-waits-for-the-page-that-it-must-not-share.md
 */
export default class WhenNothingIsOvertaken extends CacheVersionsHandler {
  // biome-ignore lint/suspicious/noThenProperty: Next awaits it.
  static then(go: (handler: typeof CacheVersionsHandler) => void): void {
    const goOn = () => go(CacheVersionsHandler)
    const waiting = nothingOlderToShare()
    if (waiting) waiting.then(goOn, goOn)
    else goOn()
  }
}
