import { now } from '../../base/clock.ts'
import type { CachedFetchValue, CacheHandlerValue, PageCacheHandler } from '../../internals/types.ts'
import { mayBeVersioned } from '../../versions/stamp.ts'
import { isDue } from '../verdict/age.ts'
import { stampByFoundFetches, stampWhatIsBuilt } from '../verdict/build-stamps.ts'
import { readVersionsBeforeLoad } from '../verdict/current.ts'
import { judgeOfLookup, mayServe } from '../verdict/judge.ts'
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
  if (!data || !value) {
    if (mayBeVersioned(tags)) await readVersionsBeforeLoad()
    loadMayBegin(request, key)
    stampWhatIsBuilt(stamped(tags, now()))
    return data
  }
  const servable = await mayServe(tags, judgeOfLookup(data))
  const revalidate = context.revalidate || value.revalidate
  if (!servable || isDue(data, tags, revalidate)) loadMayBegin(request, key)
  stampWhatIsBuilt(servable ? tags : stamped(context.tags ?? [], now()))
  return servable ? data : null
}
