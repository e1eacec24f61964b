import { afterNextAsks, afterQuestion } from '../../internals/turns.ts'
import { holdsLease } from '../../versions/lease/held.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { currentVersions } from '../verdict/current.ts'
import type { Arrival } from './arrival.ts'
import { isLookedUp, PageLoad } from './page-loads.ts'

/** The lookup of a page that begins before Next asks for the page. */
export interface HeadStart {
  readonly load: PageLoad
  /** They are no older than the request. */
  readonly versions: Promise<CacheVersions>
}

const headStarts = new WeakMap<Arrival, HeadStart>()

/** The routes whose pages depended on versions at the last lookup. A wrong guess costs one read. */
const versionedRoutes = new Set<string>()

export function guessNextTime(route: string | undefined, isVersioned: boolean): void {
  if (route === undefined) return
  if (isVersioned) versionedRoutes.add(route)
  else versionedRoutes.delete(route)
}

/** The routes whose read is about to be sent, until it is. */
const beingSent = new Map<string, Promise<void>>()

/**
 * Begins to read the versions for a page of the route while Next still prepares the lookup. Settles when the query has
 * been sent. Returns `undefined` when no read is likely to be needed: the versions are in memory, or other requests
 * look up the page already, and Next shares that lookup.
 *
 * See docs/decisions/0030-the-versions-are-read-while-next-prepares-the-page.md
 */
export function startAhead(request: Arrival, route: string): Promise<void> | undefined {
  // Other waiting requests may share it too, but the query goes first, so that Postgres works in the background.
  const sent = beingSent.get(route)
  if (sent) return sent
  if (!versionedRoutes.has(route) || !request.isGet || holdsLease() || isLookedUp(route)) return undefined
  const load = new PageLoad()
  const versions = currentVersions()
  versions.catch(() => {})
  headStarts.set(request, { load, versions })
  const sending = afterQuestion().then(() => {
    beingSent.delete(route)
    afterNextAsks(() => takeHeadStart(request)?.load.end())
  })
  beingSent.set(route, sending)
  return sending
}

/** Returns the head start once. There is none if Next has not asked for the page at once. */
export function takeHeadStart(request: Arrival | undefined): HeadStart | undefined {
  const headStart = request && headStarts.get(request)
  if (headStart) headStarts.delete(request)
  return headStart
}
