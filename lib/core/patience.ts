import { processState } from './process-state.ts'

/** What a request has waited for reads that failed, since the last read that succeeded. */
export interface Waited {
  milliseconds: number
  since: number
}

/**
 * Returns how long the request that this code serves may still wait for reads of the versions, out of so many
 * milliseconds for all of them: its proxy, its cache handlers and its page would each wait as long in an outage.
 */
export function patienceLeft(milliseconds: number): number {
  const { currentRequest, waited, readSucceededAt = Number.NEGATIVE_INFINITY } = processState()
  const request = currentRequest?.()
  const before = request && waited.get(request)
  return before && before.since > readSucceededAt ? milliseconds - before.milliseconds : milliseconds
}

const waiters = new WeakMap<Promise<unknown>, Map<object, number>>()

/** Notes that the request waits for the read, and what that has cost it if the read fails. */
export function wait(read: Promise<unknown>): void {
  const request = processState().currentRequest?.()
  if (!request) return
  let waiting = waiters.get(read)
  if (!waiting) {
    const all = new Map<object, number>()
    waiting = all
    waiters.set(read, all)
    read.catch(() => all.forEach(note))
  }
  if (!waiting.has(request)) waiting.set(request, performance.now())
}

function note(since: number, request: object): void {
  const { waited } = processState()
  const now = performance.now()
  waited.set(request, { milliseconds: (waited.get(request)?.milliseconds ?? 0) + now - since, since: now })
}
