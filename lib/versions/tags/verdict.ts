import type { CacheVersions } from '../register.ts'
import { versionOfTags } from '../rows.ts'
import { isStamp, versionsOfTags } from '../stamp.ts'
import { changes } from './changes.ts'
import { tagText } from './text.ts'

/** `stale`: it is served once more while it is revalidated. `unknown`: the log has to be asked first. */
export type TagVerdict = 'current' | 'stale' | 'expired' | 'unknown'

/**
 * Judges an entry by its tags: it is current if none of them has changed since the version of all tags that its load began
 * under.
 *
 * See docs/decisions/0054-all-tags-are-one-more-cache.md
 */
export function verdictOfTags(tags: readonly string[], versions: CacheVersions): TagVerdict {
  const stamped = versionsOfTags(tags)
  const current = versionOfTags(versions)
  // No tag has been invalidated yet.
  if (current === undefined) return stamped.length === 0 ? 'current' : 'expired'
  if (stamped.length > 0 && stamped.every((version) => version === current)) return 'current'
  // Somebody has changed the version where no trigger wrote a line.
  if (!changes.positions.has(current)) return 'expired'
  const position = positionOf(stamped)
  if (position === undefined) return 'unknown'
  return position < 0 ? 'expired' : verdictSince(position, tags)
}

/**
 * Returns the id of the line that led to the oldest of the versions; below 0 where the log has none. What has no stamp was
 * loaded by the build, or later.
 */
export function positionOf(versions: readonly string[]): number | undefined {
  if (versions.length === 0) return changes.ofBuild
  let oldest = Number.POSITIVE_INFINITY
  for (const version of versions) {
    const position = version === '' ? -1 : changes.positions.peek(version)
    if (position === undefined) return undefined
    oldest = Math.min(oldest, position)
  }
  return oldest
}

/** Whether the log has to be asked about the tag, for an entry of that position. */
export function isUnknown(tag: string, position: number): boolean {
  return position < changes.floor && !isStamp(tag) && !changes.tags.has(tagText(tag))
}

function verdictSince(position: number, tags: readonly string[]): TagVerdict {
  let verdict: TagVerdict = 'current'
  for (const tag of tags) {
    if (isStamp(tag)) continue
    const text = tagText(tag)
    if (position < changes.newestPrefix && hasChangedPrefix(text, position)) return 'expired'
    const change = changes.tags.peek(text)
    if (!change) {
      if (position < changes.floor) verdict = 'unknown'
    } else if (change.expired > position) {
      return 'expired'
    } else if (change.stale > position) {
      if (performance.now() >= change.expiresAt) return 'expired'
      if (verdict === 'current') verdict = 'stale'
    }
  }
  return verdict
}

function hasChangedPrefix(tag: string, position: number): boolean {
  for (const [prefix, id] of changes.prefixes) {
    if (id > position && tag.startsWith(prefix)) return true
  }
  return false
}
