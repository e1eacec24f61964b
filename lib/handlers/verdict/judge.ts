import { isBuilding } from '../../internals/phase.ts'
import type { CacheHandlerValue } from '../../internals/types.ts'
import { isKnownCache, knowsVersions } from '../../versions/history.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { isCurrent, isStamp, mayBeVersioned } from '../../versions/stamp.ts'
import { currentVersions, versionsInMemory } from './current.ts'

/** Returns whether an entry with these tags may be served. */
export type Judge = (tags: readonly string[]) => boolean

/**
 * Returns a judge of entries with these lists of tags. Lists that cannot concern a cache cost nothing. Others cost one
 * read of the versions, shared with concurrent requests, unless `versions` are being read already.
 *
 * If that read failed, the judge throws its error for an entry that needs a version.
 */
export function judgeOf(
  lists: readonly (readonly string[])[],
  versions?: Promise<CacheVersions>,
): Promise<Judge> {
  if (!lists.some(mayBeVersioned)) return Promise.resolve(() => true)
  const inMemory = versions ? undefined : versionsInMemory()
  return inMemory ? Promise.resolve((tags) => isCurrent(tags, inMemory)) : judgeOfAll(versions)
}

/** Returns a judge of any entries, at the cost of one read of the versions, as {@link judgeOf} does. */
export async function judgeOfAll(reading?: Promise<CacheVersions>): Promise<Judge> {
  try {
    const versions = await (reading ?? currentVersions())
    return (tags) => isCurrent(tags, versions)
  } catch (error) {
    return (tags) => {
      if (!dependsOnVersions(tags)) return true
      // A build can load the value again, and often runs without a database.
      if (isBuilding()) return false
      throw error
    }
  }
}

/** Like the judge, but an unreadable version counts as stale instead of throwing. */
export function passes(judge: Judge, tags: readonly string[]): boolean {
  try {
    return judge(tags)
  } catch {
    return false
  }
}

const judges = new WeakMap<CacheHandlerValue, Judge>()

/**
 * Returns the result of a lookup with the judge that the lookup used, so that the caller need not read the versions
 * again.
 */
export function withJudge(data: CacheHandlerValue, judge: Judge): CacheHandlerValue {
  // A copy: the next lookup finds the same object, and uses a judge of its own.
  const found = { ...data }
  judges.set(found, judge)
  return found
}

export function judgeOfLookup(data: CacheHandlerValue): Judge | undefined {
  return judges.get(data)
}

/**
 * Whether an entry with these tags may be served. When the versions cannot be read, the entry is a miss, not an error:
 * Next never ends a prerender in which a lookup has failed (`use-cache-wrapper.js` counts it as pending for ever, and
 * `patch-fetch.js` keeps its lock), nor any request that joins that prerender.
 *
 * See docs/decisions/0024-an-entry-that-cannot-be-judged-is-a-miss.md
 */
export async function mayServe(tags: readonly string[], judge?: Judge): Promise<boolean> {
  return passes(judge ?? (await judgeOf([tags])), tags)
}

/** Whether the tags name a cache, as far as this process knows. Before the first read, any tag may. */
export function dependsOnVersions(tags: readonly string[]): boolean {
  return mayBeVersioned(tags) && (!knowsVersions() || tags.some((tag) => isStamp(tag) || isKnownCache(tag)))
}
