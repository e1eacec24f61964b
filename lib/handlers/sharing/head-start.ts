import { afterNextAsks, afterQuestion } from '../../internals/turns.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { currentVersions } from '../verdict/current.ts'
import type { Arrival } from './arrival.ts'
import { isLookedUp, PageLoad } from './page-loads.ts'

/** The lookup of a page, begun before Next asks for the page. */
export interface HeadStart {
  readonly load: PageLoad
  /** They are no older than the request, and on their way. */
  readonly versions: Promise<CacheVersions>
}

const headStarts = new WeakMap<Arrival, HeadStart>()

/** The routes whose pages depended on versions when they were last asked for. A wrong guess costs one read. */
const versionedRoutes = new Set<string>()

export function guessNextTime(route: string | undefined, isVersioned: boolean): void {
  if (route === undefined) return
  if (isVersioned) versionedRoutes.add(route)
  else versionedRoutes.delete(route)
}

/** The routes whose versions are about to be asked for, each until the question has been sent. */
const beingSent = new Map<string, Promise<void>>()

/**
 * Begins to read the versions for the page of the route, while Next still prepares to ask for it, and settles when
 * Postgres has been asked. `undefined` when the versions will not be needed, as far as anybody can tell: others may look
 * the page up already, and Next gives a share of that.
 *
 * See docs/decisions/0030-the-versions-are-read-while-next-prepares-the-page.md
 */
export function startAhead(request: Arrival, route: string): Promise<void> | undefined {
  // Others that waited for the same may have a share too, but first Postgres is asked, which then answers meanwhile.
  const sent = beingSent.get(route)
  if (sent) return sent
  if (!versionedRoutes.has(route) || !request.isGet || isLookedUp(route)) return undefined
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

/** Gives it once. There is none when Next has not asked at once. */
export function takeHeadStart(request: Arrival | undefined): HeadStart | undefined {
  const headStart = request && headStarts.get(request)
  if (headStart) headStarts.delete(request)
  return headStart
}
