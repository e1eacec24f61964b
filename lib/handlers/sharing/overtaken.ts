import { now } from '../../base/clock.ts'
import { changesNow } from '../verdict/current.ts'
import { type Arrival, arrival } from './arrival.ts'
import { startAhead } from './head-start.ts'
import { loadsSharedWith, type PageLoad } from './page-loads.ts'

/** The longest wait: a load that takes longer is shared with requests that came after an invalidation. */
const longestWaitMilliseconds = 5000

/**
 * Waits, once a request, until no load of its page is in flight that an invalidation has overtaken. Next would return
 * the result of that load (`response-cache/index.js`) without asking a handler whether it is current. `undefined`:
 * nothing to wait for.
 *
 * See docs/decisions/0022-a-request-waits-for-the-page-that-it-must-not-share.md
 */
export function nothingOlderToShare(): Promise<void> | undefined {
  const request = arrival()
  if (!request || request.mayShareAll) return undefined
  const { route } = request
  const goOn = () => {
    // Before the route is known, Next may be asking for the proxy's handler.
    if (route === undefined) return undefined
    // Every load that begins later is newer than this request.
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

/** Waits for all of the events until the deadline. Returns whether they happened. */
function allBy(deadline: number, events: readonly Promise<void>[]): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - now(), false)
    Promise.all(events).then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
