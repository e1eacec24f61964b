import { isBuilding } from '../../internals/phase.ts'
import type { CacheHandlerValue } from '../../internals/types.ts'
import { isKnownCache, knowsVersions } from '../../versions/history.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { isCurrent, isStamp, mayBeVersioned } from '../../versions/stamp.ts'
import { currentVersions } from './current.ts'

/** Says of an entry with these tags whether it may be served. */
export type Judge = (tags: readonly string[]) => boolean

/**
 * Gives a judge over entries with these lists of tags. Lists that cannot concern a cache cost nothing; any other costs
 * one read of the versions, shared with the requests beside it, unless `versions` are being read already.
 *
 * The judge throws what the read threw when it is asked about an entry that needs a version nobody could read.
 */
export function judgeOf(
  lists: readonly (readonly string[])[],
  versions?: Promise<CacheVersions>,
): Promise<Judge> {
  return lists.some(mayBeVersioned) ? judgeOfAll(versions) : Promise.resolve(() => true)
}

/** Gives a judge over any entries, at the cost of one read of the versions, as {@link judgeOf} does. */
export async function judgeOfAll(reading?: Promise<CacheVersions>): Promise<Judge> {
  try {
    const versions = await (reading ?? currentVersions())
    return (tags) => isCurrent(tags, versions)
  } catch (error) {
    return (tags) => {
      if (!dependsOnVersions(tags)) return true
      // A build can make the value again, and often runs where there is no database.
      if (isBuilding()) return false
      throw error
    }
  }
}

/** As the judge says, but an entry that needs a version that cannot be read is not current, and no error. */
export function passes(judge: Judge, tags: readonly string[]): boolean {
  try {
    return judge(tags)
  } catch {
    return false
  }
}

const judges = new WeakMap<CacheHandlerValue, Judge>()

/** Gives what a lookup has found together with the judge that it took for that, so that nobody has to read again. */
export function withJudge(data: CacheHandlerValue, judge: Judge): CacheHandlerValue {
  // The next lookup finds the same object, and takes a judge of its own.
  const found = { ...data }
  judges.set(found, judge)
  return found
}

export function judgeOfLookup(data: CacheHandlerValue): Judge | undefined {
  return judges.get(data)
}

/**
 * Whether an entry with these tags may be served. When the versions cannot be read, the entry is a miss, and no error:
 * Next never ends a prerender in which a lookup has failed (`use-cache-wrapper.js` counts it as under way for ever, and
 * `patch-fetch.js` keeps its lock), nor any request that waits for that page.
 *
 * See docs/decisions/0024-an-entry-that-cannot-be-judged-is-a-miss.md
 */
export async function mayServe(tags: readonly string[], judge?: Judge): Promise<boolean> {
  return passes(judge ?? (await judgeOf([tags])), tags)
}

/** Whether the tags concern a cache, as far as can be told without Postgres; before the first read, any may. */
export function dependsOnVersions(tags: readonly string[]): boolean {
  return mayBeVersioned(tags) && (!knowsVersions() || tags.some((tag) => isStamp(tag) || isKnownCache(tag)))
}
