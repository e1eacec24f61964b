import {
  areTagsExpired,
  areTagsStale,
  tagsManifest,
} from 'next/dist/server/lib/incremental-cache/tags-manifest.external.js'

/**
 * Next's list of the tags that were revalidated in this process, which its own handlers and the cache of `next dev` obey
 * (`server/lib/incremental-cache/tags-manifest.external.js`). Without it tags that name no cache would be forgotten by
 * our handlers, and pages of a cache withheld by Next's after an `updateTag`.
 */
export function isExpired(tags: readonly string[], since: number): boolean {
  return areTagsExpired([...tags], since)
}

export function isStale(tags: readonly string[], since: number): boolean {
  return areTagsStale([...tags], since)
}

/** The tag of the root layout, which Next asks about for every entry (`server/lib/implicit-tags.js`). */
export const tagOfEverything = '_N_T_/layout'

/** Lists the tag as expired from then on. */
export function expireTag(tag: string, at: number): void {
  tagsManifest.set(tag, { ...tagsManifest.get(tag), expired: at })
}

/** Takes the tag from the list, and returns whether it was there. */
export function forgetTag(tag: string): boolean {
  return tagsManifest.delete(tag)
}

/** A tag that is stale for entries of any age, while it is listed. */
export const staleTag = 'next-cache-versions/stale'

export function listStaleTag(): void {
  tagsManifest.set(staleTag, { stale: Number.POSITIVE_INFINITY })
}

/** Takes every tag of the app from the list, which Next never shortens, and returns whether there was one. */
export function forgetTags(): boolean {
  // Next may be about to look for it.
  const wasListed = tagsManifest.delete(staleTag)
  const { size } = tagsManifest
  tagsManifest.clear()
  if (wasListed) listStaleTag()
  return size > 0
}
