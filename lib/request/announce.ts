import { revalidateTag, updateTag } from 'next/cache.js'
import { isRouteHandler, renderPhase } from '../internals/render.ts'
import { markWritten, revalidation } from './written-tags.ts'

/** The place where the code runs. */
export type Place = 'action' | 'route' | 'elsewhere'

export function currentPlace(): Place {
  const phase = renderPhase()
  if (phase === undefined || phase === 'render') return 'elsewhere'
  return phase === 'action' && !isRouteHandler() ? 'action' : 'route'
}

/**
 * Announces the changed tags to Next, with the strongest call that the place allows: in a server action `updateTag`
 * re-renders the page and makes the browser drop its cache, in a route handler `revalidateTag` expires the tags, and
 * elsewhere (a script, a job, a render) there is nothing to call. Tags that are stale first, and expire later, are what
 * `revalidateTag` is for in both. The cache handlers treat what an app revalidates as an invalidation; they learn that this
 * one is in Postgres already.
 *
 * See docs/decisions/0003-nexts-own-phase-tells-where-code-runs.md
 */
export function announce(tags: readonly string[], place: Place, expireSeconds = 0): void {
  if (place === 'elsewhere') return
  const effect = expireSeconds > 0 ? 'makes stale' : 'expires'
  // An earlier revalidation by the app is another invalidation, and not yet in Postgres.
  const ours = tags.filter((tag) => revalidation(tag, effect) !== 'unwritten')
  for (const tag of tags) {
    if (place === 'action' && expireSeconds === 0) updateTag(tag)
    else revalidateTag(tag, { expire: expireSeconds })
  }
  for (const tag of ours) markWritten(tag, effect)
}
