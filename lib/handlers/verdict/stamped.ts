import { versionKnownAt } from '../../versions/history.ts'
import { deadStamp, isStamp, isStampOfTags, stamp } from '../../versions/stamp.ts'
import { cacheOfTags } from '../../versions/tags/cache.ts'
import { sharesTags } from '../settings.ts'

const dead = deadStamp(cacheOfTags)

/**
 * Returns the tags with a stamp for each that names a cache, and one for all others: the version that was known when the
 * load of the entry began. A version that was unknown then makes no stamp, and an entry that lacks one of a cache is not
 * served.
 */
export function stamped(tags: readonly string[], loadBegan: number | undefined): string[] {
  // Those of entries inside were current when they were used, which was later than the load began.
  const result = new Set(tags.filter((tag) => tag === dead || !isStampOfTags(tag)))
  if (loadBegan === undefined) return [...result]
  for (const tag of tags) {
    if (isStamp(tag)) continue
    const version = versionKnownAt(tag, loadBegan)
    if (version !== undefined) result.add(stamp(tag, version))
  }
  const ofTags = sharesTags() ? versionKnownAt(cacheOfTags, loadBegan) : undefined
  if (ofTags !== undefined) result.add(stamp(cacheOfTags, ofTags))
  return [...result]
}
