import { isCurrent, isStamp, mayBeVersioned } from '../core/stamp.ts'
import { currentVersions } from './current.ts'
import { isKnownCache, knowsVersions } from './history.ts'

/** Says of an entry with these tags whether it may be served. */
export type Judge = (tags: readonly string[]) => boolean

/**
 * Gives a judge over entries with these lists of tags. Lists that cannot concern a cache cost nothing; any other costs
 * one read of the versions, shared with the requests beside it.
 *
 * The judge throws what the read threw when it is asked about an entry that needs a version nobody could read.
 */
export async function judgeOf(lists: readonly (readonly string[])[]): Promise<Judge> {
  if (!lists.some(mayBeVersioned)) return () => true
  try {
    const versions = await currentVersions()
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

/** Whether an entry with these tags may be served. */
export async function mayServe(tags: readonly string[]): Promise<boolean> {
  return (await judgeOf([tags]))(tags)
}

/** Whether the tags concern a cache, as far as can be told without Postgres; before the first read, any may. */
export function dependsOnVersions(tags: readonly string[]): boolean {
  return mayBeVersioned(tags) && (!knowsVersions() || tags.some((tag) => isStamp(tag) || isKnownCache(tag)))
}

function isBuilding(): boolean {
  return process.env.NEXT_PHASE === 'phase-production-build'
}
