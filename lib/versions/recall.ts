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

/** Returns for how long the entries of a tag were stale before they expired; undefined where they expired at once. */
export function staleOf({ expireSeconds }: CacheInvalidation): string | undefined {
  if (expireSeconds === 0) return undefined
  for (const [unit, seconds] of Object.entries({ days: 86_400, h: 3600, min: 60 })) {
    if (expireSeconds >= 2 * seconds)
      return `stale for ${Math.floor(expireSeconds / seconds)} ${unit}, then expired`
  }
  return `stale for ${expireSeconds} s, then expired`
}
