import type { CacheInvalidation } from './log.ts'

/** Returns in a few words how many leases an invalidation recalled and how long it waited; undefined where it did not. */
export function recallOf(line: CacheInvalidation): string | undefined {
  const { recalledLeases, recallMilliseconds } = line
  if (recalledLeases === null || recallMilliseconds === null) return undefined
  const milliseconds = `${recallMilliseconds.toFixed(recallMilliseconds < 10 ? 1 : 0)} ms`
  // Of servers that were lost, or of before a start of Postgres, it waited for the end.
  if (recalledLeases === 0) return `waited ${milliseconds}`
  return `${recalledLeases} ${recalledLeases === 1 ? 'lease' : 'leases'}, ${milliseconds}`
}
