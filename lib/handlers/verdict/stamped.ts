import { versionKnownAt } from '../../versions/history.ts'
import { isStamp, stamp } from '../../versions/stamp.ts'

/**
 * Returns the tags with a stamp for each that names a cache: the version that was known when the load of the entry
 * began. A version that was unknown then makes no stamp, and an entry that lacks a stamp is not served.
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
