import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js'
import type { IncrementalCache } from 'next/dist/server/lib/incremental-cache/index.js'
import type { CachedFetchValue } from 'next/dist/server/response-cache/types.js'
import { nextRequest } from '../../internals/render.ts'
import { isStamp } from '../../versions/stamp.ts'
import { isBuilding } from './judge.ts'

/**
 * While an app is built no handler is asked to keep a page, and none could stamp it: each entry that the page is made of
 * adds its stamps to the tags that the page, or the entry of `'use cache'` around it, collects.
 */
export function stampWhatIsBuilt(tags: readonly string[] = []): void {
  const built = isBuilding() ? workUnitAsyncStorage.getStore() : undefined
  if (!built || !('tags' in built)) return
  built.tags ??= []
  addStamps(built.tags, tags)
}

/** The same for an entry of `'use cache'`: Next keeps this very list for the second pass of the page's render. */
export function stampEntryOfBuild(entryTags: string[], tags: readonly string[]): void {
  if (!isBuilding()) return
  addStamps(entryTags, tags)
  stampWhatIsBuilt(tags)
}

/** In that second pass Next finds what the first has loaded, and asks no handler. */
export function stampByFoundFetches(): void {
  const cache = isBuilding() ? nextRequest()?.incrementalCache : undefined
  if (!cache || Object.hasOwn(cache, 'get')) return
  const get = cache.get as (...args: unknown[]) => ReturnType<IncrementalCache['get']>
  Object.assign(cache, {
    async get(...args: unknown[]) {
      const found = await get.apply(this, args)
      stampWhatIsBuilt((found?.value as Partial<CachedFetchValue> | null | undefined)?.tags)
      return found
    },
  })
}

function addStamps(list: string[], tags: readonly string[]): void {
  for (const tag of tags) {
    if (isStamp(tag) && !list.includes(tag)) list.push(tag)
  }
}
