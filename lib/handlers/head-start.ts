import type { CacheVersions } from '../core/register.ts'
import type { Arrival } from './arrival.ts'
import { currentVersions } from './current.ts'
import { isLookedUp, Joinable } from './joinable.ts'

/** The lookup of a page, begun before Next asks for the page. */
export interface HeadStart {
  readonly joinable: Joinable
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

/**
 * Begins to read the versions for the page of the route, while Next still prepares to ask for it. `undefined` when they
 * will not be needed, as far as anybody can tell: others may look the page up already, and Next gives a share of that.
 */
export function startAhead(request: Arrival, route: string): Promise<void> | undefined {
  if (!versionedRoutes.has(route) || !request.isGet || isLookedUp(route)) return undefined
  const joinable = new Joinable(route)
  const versions = currentVersions()
  versions.catch(() => {})
  const headStart = { joinable, versions }
  headStarts.set(request, headStart)
  return new Promise((resolve) => {
    // The driver sends when the event loop turns, and all that Next does until it asks is one turn.
    setImmediate(() => {
      setImmediate(() => {
        resolve()
        setImmediate(() => {
          if (headStarts.get(request) === headStart) takeHeadStart(request)?.joinable.end()
        })
      })
    })
  })
}

/** Gives it once. There is none when Next has not asked at once. */
export function takeHeadStart(request: Arrival | undefined): HeadStart | undefined {
  const headStart = request && headStarts.get(request)
  if (headStart) headStarts.delete(request)
  return headStart
}
