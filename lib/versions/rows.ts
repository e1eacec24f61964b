import { slot } from '../base/slot.ts'
import type { CacheVersions } from './register.ts'
import { cacheOfTags } from './tags/cache.ts'

/** A row of the table. */
export interface VersionRow {
  readonly cache: string
  readonly version: string
}

/** The result of the last read. The same rows are the same versions object. */
const last = slot('last read', (): { rows: readonly VersionRow[]; versions: CacheVersions } => ({
  rows: [],
  versions: Object.freeze(Object.create(null)),
}))

/** Returns the rows by name; the object of the last read while nothing has changed. */
export function versionsOf(rows: readonly VersionRow[]): CacheVersions {
  if (last.rows.length === rows.length && rows.every((row, i) => isSame(row, last.rows[i])))
    return last.versions
  const versions: Record<string, string> = Object.create(null)
  for (const { cache, version } of rows) {
    // Of no concern to an app that lists its caches.
    if (cache === cacheOfTags) Object.defineProperty(versions, cache, { value: version })
    else versions[cache] = version
  }
  last.rows = rows
  last.versions = Object.freeze(versions) as CacheVersions
  return last.versions
}

/** Returns the version of the cache of all tags; `undefined` while no tag has ever been invalidated. */
export function versionOfTags(versions: CacheVersions): string | undefined {
  return (versions as Readonly<Record<string, string | undefined>>)[cacheOfTags]
}

function isSame(a: VersionRow, b: VersionRow | undefined): boolean {
  return a.cache === b?.cache && a.version === b.version
}
