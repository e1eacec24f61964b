import { unknownCache } from './name.ts'
import type { CacheName, CacheVersions } from './register.ts'

/** Returns the version of one cache, or throws `unknown-cache`: a version that was not read is never guessed. */
export function versionOf(versions: CacheVersions, cache: CacheName): string {
  const known = versions as Readonly<Record<string, string>>
  const version = Object.hasOwn(known, cache) ? known[cache] : undefined
  if (version === undefined) throw unknownCache(cache, Object.keys(known))
  return version
}
