import { revalidateTag, updateTag } from 'next/cache.js'
import { markWritten, revalidation } from './written-tags.ts'

/** Where code runs, as far as invalidating is concerned. */
export type Place = 'action' | 'route' | 'elsewhere'

/**
 * Tells Next in this request that the tags have changed, with the strongest verb the place allows, and gives the
 * place: a server action re-renders the page it came from and makes the browser drop its cache, a route handler
 * expires the tags, and anywhere else (a script, a job, a render) there is nothing to tell. Next has no question for
 * "where am I"; what it refuses is the answer. The cache handlers, which take what an app revalidates for an
 * invalidation, are told that this one is in Postgres already.
 */
export function announce(tags: readonly string[]): Place {
  // What the app itself revalidated before is another invalidation, which Postgres has yet to be told.
  const ours = tags.filter((tag) => revalidation(tag) !== 'unwritten')
  const place = tell(tags)
  for (const tag of ours) markWritten(tag)
  return place
}

function tell(tags: readonly string[]): Place {
  if (allowed(() => tags.forEach((tag) => void updateTag(tag)))) return 'action'
  if (allowed(() => tags.forEach((tag) => void revalidateTag(tag, { expire: 0 })))) return 'route'
  return 'elsewhere'
}

function allowed(tell: () => void): boolean {
  try {
    tell()
    return true
  } catch {
    return false
  }
}
