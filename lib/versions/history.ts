import { now } from '../base/clock.ts'
import { slot } from '../base/slot.ts'
import type { CacheVersions } from './register.ts'
import { versionOfTags } from './rows.ts'
import { cacheOfTags } from './tags/cache.ts'

/** The most changes of one cache to remember. A load that spans more is not worth keeping. */
const maxChanges = 32
/** The same for the cache of all tags, most of which are of no concern to a load. */
const maxChangesOfTags = 10_000

/** The versions that this process has read. */
const seen = slot('history', (): History => ({ history: new Map(), changes: 0 }))

interface History {
  /** The versions each cache had, oldest first. */
  readonly history: Map<string, { readonly version: string; readonly since: number }[]>
  /** How many changes of versions there were. */
  changes: number
  /** The last versions read, and when. */
  last?: { readonly versions: CacheVersions; readonly readAt: number }
}

/** Remembers the versions, and since when this process knows each. */
export function rememberVersions(versions: CacheVersions): void {
  // Callers that shared one read share one object.
  const repeated = seen.last?.versions === versions
  seen.last = { versions, readAt: now() }
  if (repeated) return
  for (const [cache, version] of Object.entries<string>(versions)) remember(cache, version, maxChanges)
  const ofTags = versionOfTags(versions)
  if (ofTags !== undefined) remember(cacheOfTags, ofTags, maxChangesOfTags)
}

function remember(cache: string, version: string, most: number): void {
  const changes = seen.history.get(cache) ?? []
  if (changes.at(-1)?.version === version) return
  changes.push({ version, since: now() })
  seen.changes++
  if (changes.length > most) changes.shift()
  seen.history.set(cache, changes)
}

/** Returns how many changes of versions this process knows of. */
export function changesKnown(): number {
  return seen.changes
}

/** Returns the version that this process knew at that time. `undefined` if it knew none, or if it is too long ago. */
export function versionKnownAt(cache: string, time: number): string | undefined {
  return seen.history.get(cache)?.findLast(({ since }) => since <= time)?.version
}

/** Whether the tag has been seen as the name of a cache. */
export function isKnownCache(tag: string): boolean {
  return seen.history.has(tag)
}

/** Whether any read has succeeded in this process. */
export function knowsVersions(): boolean {
  return seen.last !== undefined
}

/** Returns the caches that this process has read. */
export function knownCaches(): Iterable<string> {
  return seen.history.keys()
}

/** Returns the last versions read and when, on the clock of {@link now}. */
export function lastVersions(): History['last'] {
  return seen.last
}
