import { processState } from '../core/process-state.ts'
import type { CacheVersions } from '../core/register.ts'
import { isStamp, stamp } from '../core/stamp.ts'
import { now } from './clock.ts'

/** A load that spans more invalidations of one cache than this is not worth keeping. */
const maxChanges = 32

/** Keeps what was read: which version each cache had, and since when this process knows it. */
export function rememberVersions(versions: CacheVersions): void {
  const state = processState()
  // Callers that shared one read share one object.
  const repeated = state.lastVersions?.versions === versions
  state.lastVersions = { versions, readAt: now() }
  if (repeated) return
  for (const [cache, version] of Object.entries<string>(versions)) {
    const changes = state.history.get(cache) ?? []
    if (changes.at(-1)?.version === version) continue
    changes.push({ version, since: now() })
    if (changes.length > maxChanges) changes.shift()
    state.history.set(cache, changes)
  }
}

/**
 * Adds to the tags a stamp for each that names a cache, with the version that was known when the load of the entry
 * began. What was not known then gets no stamp, and the handlers do not serve what should have one.
 */
export function stamped(tags: readonly string[], loadBegan: number | undefined): string[] {
  const result = new Set(tags)
  if (loadBegan === undefined) return [...result]
  for (const tag of tags) {
    if (isStamp(tag)) continue
    const known = processState()
      .history.get(tag)
      ?.findLast(({ since }) => since <= loadBegan)
    if (known) result.add(stamp(tag, known.version))
  }
  return [...result]
}

/** Whether the tag has been seen as the name of a cache. */
export function isKnownCache(tag: string): boolean {
  return processState().history.has(tag)
}

/** Whether any read has succeeded in this process. */
export function knowsVersions(): boolean {
  return processState().lastVersions !== undefined
}
