import { revalidateTag, updateTag } from 'next/cache.js'
import { isRouteHandler, renderPhase } from '../internals/render.ts'
import { markWritten, revalidation } from './written-tags.ts'

/** Where code runs, as far as invalidating is concerned. */
export type Place = 'action' | 'route' | 'elsewhere'

export function currentPlace(): Place {
  const phase = renderPhase()
  if (phase === undefined || phase === 'render') return 'elsewhere'
  return phase === 'action' && !isRouteHandler() ? 'action' : 'route'
}

/**
 * Tells Next in this request that the tags have changed, with the strongest verb the place allows: a server action
 * re-renders the page it came from and makes the browser drop its cache, a route handler expires the tags, and anywhere
 * else (a script, a job, a render) there is nothing to tell. The cache handlers, which take what an app revalidates for
 * an invalidation, are told that this one is in Postgres already.
 *
 * See docs/decisions/0003-nexts-own-phase-tells-where-code-runs.md
 */
export function announce(tags: readonly string[], place: Place): void {
  if (place === 'elsewhere') return
  // A revalidation of the app's own before this one is another invalidation, which Postgres has yet to be told.
  const ours = tags.filter((tag) => revalidation(tag) !== 'unwritten')
  for (const tag of tags) place === 'action' ? updateTag(tag) : revalidateTag(tag, { expire: 0 })
  for (const tag of ours) markWritten(tag)
}
