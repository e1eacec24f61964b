import { isCacheName } from './name.ts'
import type { CacheName, CacheVersions } from './register.ts'
import { cacheOfTags } from './tags/cache.ts'
import { versionOf } from './version.ts'

/** No name of a cache begins with it, so a stamp is never taken for a tag of the app. */
const prefix = '_cv_/'
const prefixOfTags = `${prefix}${cacheOfTags}@`

/** Returns the tag by which an entry carries the version it was computed under. */
export function stampOf(versions: CacheVersions, cache: CacheName): string {
  return stamp(cache, versionOf(versions, cache))
}

/** Returns a stamp for any version: whatever characters SQL put there, a list of tags can carry it. */
export function stamp(cache: string, version: string): string {
  return `${prefix}${cache}@${encodeURIComponent(version)}`
}

/** Returns a stamp that is never current. */
export function deadStamp(cache: string): string {
  return `${prefix}${cache}@`
}

export function isStamp(tag: string): boolean {
  return tag.startsWith(prefix)
}

/** Whether it is a stamp of the version of all tags, which every entry has. */
export function isStampOfTags(tag: string): boolean {
  return tag.startsWith(prefixOfTags)
}

/** Returns the versions of all tags that the entry was computed under, itself and what it is made of; '' for a dead one. */
export function versionsOfTags(tags: readonly string[]): string[] {
  return tags.filter(isStampOfTags).map((tag) => decodeURIComponent(tag.slice(prefixOfTags.length)))
}

/** Whether an entry with these tags may depend on a named cache. Next's own tags for paths name none. */
export function mayBeVersioned(tags: readonly string[]): boolean {
  return tags.some((tag) => (isStamp(tag) ? !isStampOfTags(tag) : isCacheName(tag)))
}

/**
 * The rule for named caches: an entry is current if each of its stamps is the current version of its cache, and each of
 * its tags that names a cache has a stamp.
 *
 * See docs/decisions/0007-the-cache-handlers-wrap-nexts-own.md
 */
export function isCurrent(tags: readonly string[], versions: CacheVersions): boolean {
  const known = versions as Readonly<Record<string, string>>
  const stamped = new Set<string>()
  for (const tag of tags) {
    if (!isStamp(tag) || isStampOfTags(tag)) continue
    const cache = tag.slice(prefix.length, tag.lastIndexOf('@'))
    const version = Object.hasOwn(known, cache) ? known[cache] : undefined
    if (version === undefined || tag !== stamp(cache, version)) return false
    stamped.add(cache)
  }
  return tags.every((tag) => !Object.hasOwn(known, tag) || stamped.has(tag))
}
