import { LRUCache } from 'lru-cache'
import { now } from '../../base/clock.ts'
import { buildIdOf } from '../../internals/build-id.ts'
import { isPage, tagsOf } from '../../internals/page-tags.ts'
import { isExpired as areExpired } from '../../internals/revalidated-tags.ts'
import type {
  CachedFetchValue,
  CacheHandlerValue,
  IncrementalCacheValue,
  PageCacheHandler,
} from '../../internals/types.ts'
import { storeUse } from '../../values/guard/use.ts'
import { warnOfUnreadable } from '../../values/guard/warnings.ts'
import type { Store } from '../../values/stores/contract.ts'
import { nameOf } from '../../values/stores/name.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { sharedStore } from '../entries/shared-store.ts'
import { sharesPages } from '../settings.ts'
import { currentVersions } from '../verdict/current.ts'
import { type Judge, judgeOf, mayNeedVersions, verdictBy, verdictOn, withJudge } from '../verdict/judge.ts'
import { readPage, writePage } from './stored-page.ts'

type GetContext = Parameters<PageCacheHandler['get']>[1]
type SetContext = Parameters<PageCacheHandler['set']>[2]

/** The longest time to keep a page that nobody revalidates: pages of past builds are never asked for again. */
const longestSeconds = 7 * 24 * 3600
const mebibyte = 1024 * 1024

/** Pages of other servers, so that each is fetched once. Next's own handler would treat them as just generated. */
const fetched = new LRUCache<string, CacheHandlerValue>({ maxSize: 32 * mebibyte })

/**
 * Returns the handler that keeps this server's pages, or one that shares them if the app asks for it and servers share
 * a store.
 */
export function withSharedPages(
  own: PageCacheHandler,
  { serverDistDir }: { serverDistDir?: string },
): PageCacheHandler {
  const store = sharesPages() ? sharedStore() : undefined
  const build = store && serverDistDir ? buildIdOf(serverDistDir) : undefined
  return store && build ? new SharedPages(own, store, build) : own
}

/**
 * Keeps each page in the store too, and looks there for a page that this server does not have or has only stale. It
 * chooses the page that is most likely current; the caller judges it.
 *
 * See docs/decisions/0029-a-servers-own-pages-come-before-shared-pages.md
 */
class SharedPages implements PageCacheHandler {
  readonly #own: PageCacheHandler
  readonly #store: Store
  readonly #build: string

  constructor(own: PageCacheHandler, store: Store, build: string) {
    this.#own = own
    this.#store = store
    this.#build = build
  }

  async get(key: string, context: GetContext): Promise<CacheHandlerValue | null> {
    const own = await this.#own.get(key, context)
    const tags = allTags(own?.value, context)
    if (own && !mayNeedVersions(tags)) return own
    const versions = currentVersions()
    // Nothing may depend on them after all.
    versions.catch(() => {})
    const judge = await judgeOf([tags], versions)
    if (own && verdictBy(judge, tags) === 'current') return withJudge(own, judge)
    return (await this.#ofOthers(key, context, versions)) ?? (own && withJudge(own, judge))
  }

  async set(key: string, value: IncrementalCacheValue | null, context: SetContext): Promise<void> {
    await this.#own.set(key, value, context)
    if (!value || !(isPage(value) || value.kind === 'FETCH')) return
    const cacheControl = context.fetchCache ? undefined : context.cacheControl
    const data = { value, lastModified: now(), ...(cacheControl ? { cacheControl } : {}) }
    const seconds = secondsLeft(data)
    if (seconds <= 0) return
    // A page that an invalidation has overtaken would replace a newer one.
    if ((await verdictOn(allTags(value))) !== 'current') return
    await storeUse(this.#store).set(this.#nameOf(key), writePage(data), seconds)
  }

  revalidateTag(...args: Parameters<PageCacheHandler['revalidateTag']>): Promise<void> {
    return this.#own.revalidateTag(...args)
  }

  resetRequestCache(): void {
    this.#own.resetRequestCache()
  }

  async #ofOthers(
    key: string,
    context: GetContext,
    versions: Promise<CacheVersions>,
  ): Promise<CacheHandlerValue | undefined> {
    const name = this.#nameOf(key)
    const taken = async (data: CacheHandlerValue) => {
      const judge = await judgeOf([allTags(data.value, context)], versions)
      return mayTake(data, context, judge) ? withJudge(data, judge) : undefined
    }
    const known = fetched.get(name)
    const kept = known && (await taken(known))
    if (kept) return kept
    const text = await storeUse(this.#store).get(name)
    if (text === undefined) return undefined
    try {
      const data = readPage(text)
      const ttl = 1000 * secondsLeft(data)
      // V8 uses two bytes a character at most.
      if (ttl > 0) fetched.set(name, data, { ttl, size: 2 * text.length })
      return await taken(data)
    } catch (error) {
      warnOfUnreadable(this.#store, name, error)
      return undefined
    }
  }

  /** A page refers to files of its build. */
  #nameOf(key: string): string {
    return nameOf('page', `${encodeURIComponent(this.#build)} ${key}`)
  }
}

function mayTake(data: CacheHandlerValue, context: GetContext, judge: Judge): boolean {
  const isCurrent = verdictBy(judge, allTags(data.value, context)) === 'current'
  return isCurrent && secondsLeft(data) > 0 && !isExpired(data, context)
}

/** Whether this server has since revalidated one of its tags, by the list that Next's own handler uses. */
function isExpired({ value, lastModified }: CacheHandlerValue, context: GetContext): boolean {
  return areExpired(allTags(value, context), lastModified)
}

/** All that a judge has to know of the entry: of fetch, those of its path too. */
function allTags(value: IncrementalCacheValue | null | undefined, context?: GetContext): string[] {
  if (value && isPage(value)) return tagsOf(value)
  const { tags = [], softTags = [] } = (context ?? {}) as { tags?: string[]; softTags?: string[] }
  return [...tags, ...softTags, ...((value as CachedFetchValue | null | undefined)?.tags ?? [])]
}

/**
 * Returns for how long other servers may take it. A page that is due is served by its own server while it revalidates.
 */
function secondsLeft({ value, cacheControl, lastModified }: CacheHandlerValue): number {
  const revalidate = cacheControl?.revalidate ?? (value as Partial<CachedFetchValue>).revalidate
  const lifetime = typeof revalidate === 'number' ? Math.min(revalidate, longestSeconds) : longestSeconds
  return lifetime - (now() - lastModified) / 1000
}
