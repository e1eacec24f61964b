import { now } from '../../base/clock.ts'

/** The time when the first load of each key may have begun, by the headers object of the request. */
const began = new WeakMap<object, Map<string, number>>()

/**
 * Notes that the request may begin to load the entry. It may load and store it more than once, so the first time
 * counts.
 */
export function loadMayBegin(request: object, key: string): void {
  const times = began.get(request) ?? new Map<string, number>()
  began.set(request, times)
  if (!times.has(key)) times.set(key, now())
}

/** Returns the time since which the request may have been loading the entry. */
export function loadBegan(request: object, key: string): number | undefined {
  return began.get(request)?.get(key)
}
