import { LRUCache } from 'lru-cache'
import { now } from './clock.ts'

/** Loads that ended without an entry are forgotten when so many others have begun since. */
const maxLoads = 10_000

const began = new LRUCache<string, number>({ max: maxLoads })

/**
 * Notes that a load of the entry may begin. While one is under way, others may begin beside it and any of them may
 * store its entry, so the first time counts.
 */
export function loadMayBegin(key: string): void {
  if (!began.has(key)) began.set(key, now())
}

/** Gives the time since which a load of the entry may have been under way, and forgets it. */
export function loadEnded(key: string): number | undefined {
  const time = began.get(key)
  began.delete(key)
  return time
}
