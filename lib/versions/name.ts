import { closest, distance } from 'fastest-levenshtein'
import { CacheVersionsError } from '../base/error.ts'

const allowed = /^[A-Za-z0-9][A-Za-z0-9_.:/-]*$/
const maxLength = 128

/**
 * Returns the name when it may name a cache. Names travel as cache tags in a comma-separated header, hence the
 * narrow alphabet; the database holds the same rule as a check constraint.
 *
 * @throws CacheVersionsError `invalid-name`, saying what is allowed.
 */
export function checkCacheName(name: string): string {
  if (isCacheName(name)) return name
  throw new CacheVersionsError(
    'invalid-name',
    `${printable(name)} is not a cache name. Use 1 to ${maxLength} characters: letters, digits, and _ . : / - after the first.`,
  )
}

/** Whether the text is a valid name of a cache. Only Postgres knows whether that cache exists. */
export function isCacheName(name: string): boolean {
  return typeof name === 'string' && name.length <= maxLength && allowed.test(name)
}

/** Returns the error for a name without a version, with the nearest name there is. */
export function unknownCache(
  name: string,
  known: readonly string[],
  options?: ErrorOptions,
): CacheVersionsError {
  const suggestion = nearestName(name, known)
  // Nobody who follows the advice of an error may start a misspelt name.
  const start = suggestion ? `Did you mean "${suggestion}"? If it is new, start it` : 'Start it'
  return new CacheVersionsError(
    'unknown-cache',
    `Cache "${name}" is not versioned. ${start} in a migration with: select start_cache_versioning('${name}');`,
    options,
  )
}

/** Returns the nearest known name, if the difference may be a typo. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const nearest = closest(name, known)
  return distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3)) ? nearest : undefined
}

function printable(name: unknown): string {
  const text = JSON.stringify(name) ?? String(name)
  return text.length > 60 ? `${text.slice(0, 60)}…" (${String(name).length} characters)` : text
}
