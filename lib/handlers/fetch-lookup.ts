import type { CacheHandler, CacheHandlerValue } from 'next/dist/server/lib/incremental-cache/index.js'
import type { CachedFetchValue } from 'next/dist/server/response-cache/types.js'
import { mayBeVersioned } from '../core/stamp.ts'
import { isDue } from './age.ts'
import { readVersionsBeforeLoad } from './current.ts'
import { judgeOfLookup, mayServe } from './judge.ts'
import { loadMayBegin } from './loads.ts'

type GetContext = Parameters<CacheHandler['get']>[1]
type FetchContext = Extract<GetContext, { tags?: string[] }>

export function isFetch(context: GetContext): context is FetchContext {
  return (context.kind as string) === 'FETCH'
}

/** What was found, if it is current; else its load begins. */
export async function fetchToServe(
  key: string,
  data: CacheHandlerValue | null,
  context: FetchContext,
  request: object,
): Promise<CacheHandlerValue | null> {
  const value = data?.value as CachedFetchValue | null | undefined
  const tags = [...(context.tags ?? []), ...(value?.tags ?? [])]
  if (!data || !value) {
    if (mayBeVersioned(tags)) await readVersionsBeforeLoad()
    loadMayBegin(request, key)
    return data
  }
  const servable = await mayServe(tags, judgeOfLookup(data))
  const revalidate = context.revalidate || value.revalidate
  if (!servable || isDue(data, tags, revalidate)) loadMayBegin(request, key)
  return servable ? data : null
}
