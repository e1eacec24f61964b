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

/** Notes what the wait for the read has cost the request if the read fails, and returns the read. */
export function noteWait<T>(read: Promise<T>): Promise<T> {
  const request = waiting.currentRequest?.()
  if (request) {
    const since = performance.now()
    read.catch(() => note(request, since))
  }
  return read
}

/** Reads that a request waits for side by side cost it the time once. */
function note(request: object, since: number): void {
  const { waited } = waiting
  const now = performance.now()
  const before = waited.get(request)
  const milliseconds = (before?.milliseconds ?? 0) + now - Math.max(since, before?.since ?? since)
  waited.set(request, { milliseconds, since: now })
}
