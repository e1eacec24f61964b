import { isBuilding } from '../../internals/phase.ts'
import { isRequestTime } from '../../internals/render.ts'
import type { CacheHandlerValue } from '../../internals/types.ts'
import { isKnownCache, knowsVersions } from '../../versions/history.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { isCurrent, isStamp, isStampOfTags, mayBeVersioned } from '../../versions/stamp.ts'
import { lookUpTagChanges } from '../../versions/tags/lookup.ts'
import { verdictOfTags } from '../../versions/tags/verdict.ts'
import { builtAfter, sharesTags } from '../settings.ts'
import { currentVersions, versionsInMemory } from './current.ts'

/** Whether an entry may be served. `stale`: once more, while it is revalidated. */
export type Verdict = 'current' | 'stale' | 'expired'

/** Whether the entry may be served now: a stale one to a request only, for a page would keep it. */
export function isServable(verdict: Verdict): boolean {
  return verdict === 'current' || (verdict === 'stale' && isRequestTime())
}

/** Returns the verdict on an entry with these tags, those of its paths included. */
export type Judge = (tags: readonly string[]) => Verdict

type Lists = readonly (readonly string[])[]

/**
 * Returns a judge of entries with these lists of tags. Lists that cannot concern a cache cost nothing. Others cost one
 * read of the versions, shared with concurrent requests, unless `versions` are being read already.
 *
 * If that read failed, the judge throws its error for an entry that needs a version.
 */
export function judgeOf(lists: Lists, versions?: Promise<CacheVersions>): Promise<Judge> {
  if (!lists.some(mayNeedVersions)) return Promise.resolve(() => 'current')
  const inMemory = versions ? undefined : versionsInMemory()
  if (!inMemory) return judgeAfter(lists, versions)
  const unknown = unknownIn(lists, inMemory)
  return unknown.length === 0 ? Promise.resolve(judgeBy(inMemory)) : judgeAfter(unknown, versions)
}

async function judgeAfter(lists: Lists, reading?: Promise<CacheVersions>): Promise<Judge> {
  try {
    const versions = await (reading ?? currentVersions())
    const unknown = unknownIn(lists, versions)
    if (unknown.length > 0) await lookUpTagChanges(unknown, builtAfter())
    return judgeBy(versions)
  } catch (error) {
    return (tags) => {
      if (!needsVersions(tags)) return 'current'
      // A build can load the value again, and often runs without a database.
      if (isBuilding()) return isMadeWithVersions(tags) ? 'expired' : 'current'
      throw error
    }
  }
}

function judgeBy(versions: CacheVersions): Judge {
  return (tags) => {
    if (!isCurrent(tags, versions)) return 'expired'
    const verdict = sharesTags() ? verdictOfTags(tags, versions) : 'current'
    return verdict === 'unknown' ? 'expired' : verdict
  }
}

function unknownIn(lists: Lists, versions: CacheVersions): Lists {
  return sharesTags() ? lists.filter((tags) => verdictOfTags(tags, versions) === 'unknown') : []
}

/** Like the judge, but an unreadable version counts as expired instead of throwing. */
export function verdictBy(judge: Judge, tags: readonly string[]): Verdict {
  try {
    return judge(tags)
  } catch {
    return 'expired'
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
 * Returns the verdict on an entry with these tags. When the versions cannot be read, the entry is a miss, not an error:
 * Next never ends a prerender in which a lookup has failed (`use-cache-wrapper.js` counts it as pending for ever, and
 * `patch-fetch.js` keeps its lock), nor any request that joins that prerender.
 *
 * See docs/decisions/0024-an-entry-that-cannot-be-judged-is-a-miss.md
 */
export async function verdictOn(tags: readonly string[], judge?: Judge): Promise<Verdict> {
  return verdictBy(judge ?? (await judgeOf([tags])), tags)
}

/** Whether the tags name a cache, as far as this process knows. Before the first read, any tag may. */
export function dependsOnVersions(tags: readonly string[]): boolean {
  return mayBeVersioned(tags) && (!knowsVersions() || tags.some(namesCache))
}

/** Whether a judge needs the versions for an entry with these tags, as far as this process knows. */
export function needsVersions(tags: readonly string[]): boolean {
  return (sharesTags() && tags.length > 0) || dependsOnVersions(tags)
}

/** The same, before anything is known. */
export function mayNeedVersions(tags: readonly string[]): boolean {
  return sharesTags() ? tags.length > 0 : mayBeVersioned(tags)
}

function namesCache(tag: string): boolean {
  return isStamp(tag) ? !isStampOfTags(tag) : isKnownCache(tag)
}

function isMadeWithVersions(tags: readonly string[]): boolean {
  return dependsOnVersions(tags) || tags.some(isStampOfTags)
}
