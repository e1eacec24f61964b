import { now } from '../../base/clock.ts'
import { staleByAge } from '../../internals/outdated.ts'
import type { CachedFetchValue, CacheHandlerValue, PageCacheHandler } from '../../internals/types.ts'
import { isStampOfTags } from '../../versions/stamp.ts'
import { builtAfter, sharesTags } from '../settings.ts'
import { isDue } from '../verdict/age.ts'
import { stampByFoundFetches, stampWhatIsBuilt } from '../verdict/build-stamps.ts'
import { readVersionsBeforeLoad } from '../verdict/current.ts'
import { isServable, judgeOfLookup, mayNeedVersions, verdictOn } from '../verdict/judge.ts'
import { loadMayBegin } from '../verdict/loads.ts'
import { stamped } from '../verdict/stamped.ts'

type GetContext = Parameters<PageCacheHandler['get']>[1]
type FetchContext = Extract<GetContext, { tags?: string[] }>

export function isFetch(context: GetContext): context is FetchContext {
  return (context.kind as string) === 'FETCH'
}

/** Returns the entry if it is current. Otherwise its load begins. */
export async function fetchToServe(
  key: string,
  data: CacheHandlerValue | null,
  context: FetchContext,
  request: object,
): Promise<CacheHandlerValue | null> {
  stampByFoundFetches()
  const value = data?.value as CachedFetchValue | null | undefined
  const tags = [...(context.tags ?? []), ...(value?.tags ?? [])]
  const allTags = [...tags, ...(context.softTags ?? [])]
  if (!data || !value) {
    if (mayNeedVersions(allTags)) await readVersionsBeforeLoad()
    loadMayBegin(request, key)
    stampWhatIsBuilt(stamped(tags, now()))
    return data
  }
  const verdict = isOfOtherBuild(data, tags) ? 'expired' : await verdictOn(allTags, judgeOfLookup(data))
  const mayServe = isServable(verdict)
  const revalidate = context.revalidate || value.revalidate
  if (verdict !== 'current' || isDue(data, tags, revalidate)) loadMayBegin(request, key)
  stampWhatIsBuilt(mayServe ? tags : stamped(context.tags ?? [], now()))
  if (!mayServe) return null
  return verdict === 'stale' ? staleByAge(data) : data
}

/** Files of fetch outlive a build. Without a stamp nobody knows which of its tags have changed since. */
function isOfOtherBuild({ lastModified }: CacheHandlerValue, tags: readonly string[]): boolean {
  const after = tags.some(isStampOfTags) || !sharesTags() ? undefined : builtAfter()
  return after !== undefined && lastModified < after.getTime()
}
