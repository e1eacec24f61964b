import { collectedTags, onFoundFetch } from '../../internals/collected-tags.ts'
import { isBuilding } from '../../internals/phase.ts'
import { isStamp } from '../../versions/stamp.ts'

/**
 * Adds the stamps of an entry to the tags that its page, or the `'use cache'` entry around it, collects. During a build
 * no handler is asked to store a page, so the entries of the page stamp it.
 *
 * See docs/decisions/0044-entries-stamp-the-page-that-is-built-of-them.md
 */
export function stampWhatIsBuilt(tags: readonly string[]): void {
  const collected = isBuilding() ? collectedTags() : undefined
  if (collected) addStamps(collected, tags)
}

/** The same for an entry of `'use cache'`: Next keeps this very list for the second pass of the prerender. */
export function stampEntryOfBuild(entryTags: string[], tags: readonly string[]): void {
  if (!isBuilding()) return
  addStamps(entryTags, tags)
  stampWhatIsBuilt(tags)
}

/** The same for fetches that the second pass finds without asking a handler. */
export function stampByFoundFetches(): void {
  if (isBuilding()) onFoundFetch(stampWhatIsBuilt)
}

function addStamps(list: string[], tags: readonly string[]): void {
  for (const tag of tags) {
    if (isStamp(tag) && !list.includes(tag)) list.push(tag)
  }
}
