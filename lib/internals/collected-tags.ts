import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js'
import type { CachedFetchValue, IncrementalCache } from './types.ts'

/**
 * Returns the list of tags that the page, or the entry of `'use cache'`, that is being rendered collects
 * (`workUnitAsyncStorage`), to be added to. Without it pages of a build carry no stamps.
 *
 * See docs/decisions/0044-entries-stamp-the-page-that-is-built-of-them.md
 */
export function collectedTags(): string[] | undefined {
  const unit = workUnitAsyncStorage.getStore()
  if (!unit || !('tags' in unit)) return undefined
  unit.tags ??= []
  return unit.tags
}

/**
 * Calls back with the tags of each fetch that the render finds: in the second pass of a prerender Next finds what the
 * first has loaded in its `IncrementalCache`, and asks no handler.
 */
export function onFoundFetch(found: (tags: readonly string[]) => void): void {
  const cache = workAsyncStorage.getStore()?.incrementalCache
  if (!cache || Object.hasOwn(cache, 'get')) return
  const get = cache.get as (...args: unknown[]) => ReturnType<IncrementalCache['get']>
  Object.assign(cache, {
    async get(...args: unknown[]) {
      const entry = await get.apply(this, args)
      const tags = (entry?.value as Partial<CachedFetchValue> | null | undefined)?.tags
      if (tags) found(tags)
      return entry
    },
  })
}
