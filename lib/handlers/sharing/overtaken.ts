import { now } from '../../base/clock.ts'
import { changesNow } from '../verdict/current.ts'
import { type Arrival, arrival } from './arrival.ts'
import { startAhead } from './head-start.ts'
import { loadsSharedWith, type PageLoad } from './page-loads.ts'

/** A load that goes on for longer is shared with requests that came after an invalidation of what it shows. */
const longestWaitMilliseconds = 5000

/**
 * Waits, once a request, until no load of its page under way is older than the request: Next would give it the result,
 * and asks no handler whether that is current still. `undefined`: nothing to wait for.
 *
 * See docs/decisions/0022-a-request-waits-for-the-page-that-it-must-not-share.md
 */
export function nothingOlderToShare(): Promise<void> | undefined {
  const request = arrival()
  if (!request || request.mayShareAll) return undefined
  const { route } = request
  const goOn = () => {
    // Before the route is known, Next may only be asking the proxy.
    if (route === undefined) return undefined
    // What comes later to be shared began later.
    request.mayShareAll = true
    return startAhead(request, route)
  }
  const older = () => loadsSharedWith(request).filter(({ by, began }) => (by?.at ?? began) < request.at)
  return older().length > 0 ? overtakenEnded(request, older).then(goOn) : goOn()
}

async function overtakenEnded({ at }: Arrival, older: () => PageLoad[]): Promise<void> {
  const deadline = at + longestWaitMilliseconds
  await allBy(
    deadline,
    older().map(({ lookedUp }) => lookedUp),
  )
  if (older().length === 0) return
  const current = await changesNow()
  for (;;) {
    const overtaken = older().filter(({ shows = current }) => shows < current)
    if (
      overtaken.length === 0 ||
      !(await allBy(
        deadline,
        overtaken.map(({ ended }) => ended),
      ))
    )
      return
  }
}

/** Waits for all of the events until the deadline, and returns whether they came about. */
function allBy(deadline: number, events: readonly Promise<void>[]): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - now(), false)
    Promise.all(events).then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
