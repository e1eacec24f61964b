import { isStamp, stamp } from '../core/stamp.ts'
import { versionKnownAt } from './history.ts'
import { earliestJoined } from './joins.ts'

/**
 * Adds to the tags a stamp for each that names a cache, with the version that was known when the load of the entry, or
 * one that it may have joined, began. What was not known then gets no stamp, and the handlers do not serve what should
 * have one.
 */
export function stamped(tags: readonly string[], loadBegan: number | undefined): string[] {
  const result = new Set(tags)
  if (loadBegan === undefined) return [...result]
  for (const tag of tags) {
    if (isStamp(tag)) continue
    const version = versionKnownAt(tag, earliestJoined(tag, loadBegan))
    if (version !== undefined) result.add(stamp(tag, version))
  }
  return [...result]
}
