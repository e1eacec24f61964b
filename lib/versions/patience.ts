import { slot } from '../base/slot.ts'

/** The time that a request has waited for failed reads since the last read that succeeded. */
interface Waited {
  milliseconds: number
  since: number
}

/** Timers may fire this much too early. */
const timerMilliseconds = 10

interface Waiting {
  /** Returns the request that the calling code serves, where requests are noted. */
  currentRequest?: () => object | undefined
  readonly waited: WeakMap<object, Waited>
  /** When a read last succeeded, on the clock of `performance`. */
  succeededAt: number
}

export const waiting = slot(
  'waiting',
  (): Waiting => ({ waited: new WeakMap(), succeededAt: Number.NEGATIVE_INFINITY }),
)

/**
 * Returns how long this request may still wait for reads of the versions. All of its reads share the limit: in an
 * outage its proxy, its cache handlers and its page would each wait as long.
 */
export function patienceLeft(milliseconds: number): number {
  const { waited, succeededAt } = waiting
  const request = waiting.currentRequest?.()
  const before = request && waited.get(request)
  if (!before || before.since <= succeededAt) return milliseconds
  const left = milliseconds - before.milliseconds
  return left > timerMilliseconds ? left : 0
}

const waiters = new WeakMap<Promise<unknown>, Map<object, number>>()

/** Notes that the request waits for the read, and how long if the read fails. */
export function wait(read: Promise<unknown>): void {
  const request = waiting.currentRequest?.()
  if (!request) return
  const known = waiters.get(read)
  const requests = known ?? new Map<object, number>()
  if (!known) {
    waiters.set(read, requests)
    read.catch(() => requests.forEach(note))
  }
  if (!requests.has(request)) requests.set(request, performance.now())
}

function note(since: number, request: object): void {
  const { waited } = waiting
  const now = performance.now()
  waited.set(request, { milliseconds: (waited.get(request)?.milliseconds ?? 0) + now - since, since: now })
}
