import { arrival } from './arrival.ts'
import { now } from './clock.ts'
import { currentVersions } from './current.ts'
import { startAhead } from './head-start.ts'
import { changesKnown } from './history.ts'
import { type Joinable, joinableBy } from './joinable.ts'

/** A load that goes on for longer is shared with requests that came after an invalidation of what it shows. */
const longestWaitMilliseconds = 5000

/**
 * Waits, once a request, until what it may be given a share of is no older than the request: Next gives it what others
 * look up or load for themselves, and asks no handler whether that is current still. `undefined`: nothing to wait for.
 */
export function nothingOlderToShare(): Promise<void> | undefined {
  const request = arrival()
  if (!request || request.mayShareAll) return undefined
  const { at, route } = request
  const goOn = () => {
    // Before the route is known, Next may only be asking the proxy.
    if (route === undefined) return undefined
    // What comes later to be shared began later.
    request.mayShareAll = true
    return startAhead(request, route)
  }
  const waiting = overtakenEnded(at)
  return waiting ? waiting.then(goOn) : goOn()
}

/** Waits until nothing that this request may be given a share of is older than the time `since`. */
export function overtakenEnded(since = now()): Promise<void> | undefined {
  const request = arrival()
  const shared = () => joinableBy(request).filter(({ by, began }) => (by?.at ?? began) < since)
  return shared().length > 0 ? ended(shared, since + longestWaitMilliseconds) : undefined
}

async function ended(shared: () => Joinable[], deadline: number): Promise<void> {
  const all = (events: readonly Promise<void>[]) => withPatience(events, deadline)
  await all(shared().map(({ lookedUp }) => lookedUp))
  if (shared().length === 0) return
  const current = await changesNow()
  for (;;) {
    const overtaken = shared().filter(({ shows = current }) => shows < current)
    if (overtaken.length === 0 || !(await all(overtaken.map(({ ended }) => ended)))) return
  }
}

/** Waits for all of them until the deadline, and says whether they came about. */
function withPatience(events: readonly Promise<void>[], deadline: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - now(), false)
    Promise.all(events).then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

/** While nobody can read the versions, any load may have been overtaken. */
async function changesNow(): Promise<number> {
  return await currentVersions().then(changesKnown, () => Number.POSITIVE_INFINITY)
}
