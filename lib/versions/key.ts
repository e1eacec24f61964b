import { CacheVersionsError } from '../base/error.ts'
import type { CacheName, CacheVersions } from './register.ts'
import { versionOf } from './version.ts'

/** An argument that distinguishes entries of the same versions. Compared as text: `42` and `'42'` are one key. */
export type KeyArgument = string | number | bigint | boolean

/**
 * Returns the key of an entry: its name, the current version of each cache it depends on, its arguments.
 * `cacheKey('acl', versions, ['permissions'], 42)` is `'acl:k3j9x0Qz:42'`.
 *
 * Take the versions before reading the data: a key made afterwards stores old data under the new version.
 *
 * @throws CacheVersionsError `unknown-cache` for a cache that has no version; an entry that depends on no cache at
 * all could never be invalidated, so an empty list is an error too, `invalid-argument`.
 */
export function cacheKey(
  name: string,
  versions: CacheVersions,
  caches: readonly CacheName[],
  ...args: readonly KeyArgument[]
): string {
  if (caches.length === 0) {
    throw new CacheVersionsError(
      'invalid-argument',
      `The key "${name}" depends on no cache, so nothing could invalidate it. Name at least one.`,
    )
  }
  const parts = [encodeURIComponent(name)]
  // A version that was set by hand may hold any character.
  for (const cache of caches) parts.push(encodeURIComponent(versionOf(versions, cache)))
  for (const argument of args) parts.push(encodeURIComponent(String(argument)))
  return parts.join(':')
}
