import { isDevServer } from '../../internals/phase.ts'
import { forgetTag } from '../../internals/revalidated-tags.ts'
import { knownCaches } from '../../versions/history.ts'

/**
 * Takes the names of caches from Next's list of expired tags, and says whether there was one. Next's handler in memory,
 * which Next tells of each `updateTag` beside these, writes them there, and by that list Next's handler of pages
 * withholds a page: the fallback shell of the route would be served in its place, now and ever after. The stamps tell
 * already.
 *
 * See docs/decisions/0028-caches-are-taken-from-nexts-list-of-expired-tags.md
 */
export function leaveCachesToStamps(): boolean {
  // There the list is what the cache in front of the handlers obeys.
  if (isDevServer()) return false
  let wasListed = false
  for (const cache of knownCaches()) {
    if (forgetTag(cache)) wasListed = true
  }
  return wasListed
}
