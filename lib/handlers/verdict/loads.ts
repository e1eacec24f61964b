import { now } from '../../base/clock.ts'

/** When the first load of each key may have begun, for each request, by the object of its headers. */
const began = new WeakMap<object, Map<string, number>>()

/**
 * Notes that the request may begin to load the entry. It may load it more than once and each time store it, so the first
 * time counts.
 */
export function loadMayBegin(request: object, key: string): void {
  const times = began.get(request) ?? new Map<string, number>()
  began.set(request, times)
  if (!times.has(key)) times.set(key, now())
}

/** Gives the time since which the request may have been loading the entry. */
export function loadBegan(request: object, key: string): number | undefined {
  return began.get(request)?.get(key)
}
