import { versionKnownAt } from '../../versions/history.ts'
import { isStamp, stamp } from '../../versions/stamp.ts'

/**
 * Adds to the tags a stamp for each that names a cache, with the version that was known when the load of the entry
 * began. A version that was not known then gives no stamp, and an entry without a stamp that it needs is not served.
 */
export function stamped(tags: readonly string[], loadBegan: number | undefined): string[] {
  const result = new Set(tags)
  if (loadBegan === undefined) return [...result]
  for (const tag of tags) {
    if (isStamp(tag)) continue
    const version = versionKnownAt(tag, loadBegan)
    if (version !== undefined) result.add(stamp(tag, version))
  }
  return [...result]
}
