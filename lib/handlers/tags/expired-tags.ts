import { isDevServer } from '../../internals/phase.ts'
import { forgetTag, forgetTags } from '../../internals/revalidated-tags.ts'
import { knownCaches } from '../../versions/history.ts'
import { sharesTags } from '../settings.ts'

/**
 * Deletes the names of caches, or all tags where servers share them, from Next's list of expired tags, and returns whether
 * there was one. Next also calls its
 * own handler in memory for each `updateTag`, which writes them there. By that list Next's handler of pages returns
 * `null`, and Next serves the fallback shell of the route from then on. The stamps decide instead.
 *
 * See docs/decisions/0028-caches-are-taken-from-nexts-list-of-expired-tags.md
 */
export function leaveCachesToStamps(): boolean {
  // In `next dev` the cache in front of the handlers obeys that list.
  if (isDevServer()) return false
  if (sharesTags()) return forgetTags()
  let wasListed = false
  for (const cache of knownCaches()) {
    if (forgetTag(cache)) wasListed = true
  }
  return wasListed
}
