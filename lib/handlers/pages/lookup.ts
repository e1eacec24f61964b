import { outdated, staleByTag } from '../../internals/outdated.ts'
import { isPage, type Page, tagsOf } from '../../internals/page-tags.ts'
import type { CacheHandlerValue } from '../../internals/types.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { arrival } from '../sharing/arrival.ts'
import { guessNextTime, takeHeadStart } from '../sharing/head-start.ts'
import { PageLoad } from '../sharing/page-loads.ts'
import { isDue, lifetimeOf } from '../verdict/age.ts'
import { judgeOf, judgeOfLookup, needsVersions } from '../verdict/judge.ts'
import { loadMayBegin } from '../verdict/loads.ts'
import { withDeadStamps } from './dead-stamps.ts'
import { keptPrivate } from './private.ts'
import { shellTags, withCurrentShell } from './shell.ts'

interface PageLookup {
  readonly key: string
  readonly context: Parameters<typeof lifetimeOf>[2]
  readonly serverFolder: string
  /** The headers object of the request. */
  readonly request: object
}

/** Looks up a page. Next deduplicates concurrent lookups per route, and the render that follows a miss. */
export async function lookUpPage(
  lookup: PageLookup,
  stored: () => Promise<CacheHandlerValue | null>,
): Promise<CacheHandlerValue | null> {
  const { key, request } = lookup
  const ahead = takeHeadStart(arrival())
  const load = ahead?.load ?? new PageLoad()
  load.lookUp(key)
  try {
    const data = await stored()
    if (data?.value) {
      return isPage(data.value) ? await pageToServe(lookup, data, data.value, load, ahead?.versions) : data
    }
    loadMayBegin(request, key)
    load.load({ alone: arrival()?.isPrefetch })
    load.endWithAnswer()
    return data
  } finally {
    if (load.shows === undefined) load.end()
  }
}

/**
 * Returns a stale page with `lastModified: -1`, so that Next renders it before it responds. Do not return null: Next
 * would serve the route's fallback shell and never revalidate. Next also resumes the returned page, so the entries that
 * it brings along must be current in either case.
 */
async function pageToServe(
  { key, context, serverFolder, request }: PageLookup,
  data: CacheHandlerValue,
  page: Page,
  load: PageLoad,
  versions: Promise<CacheVersions> | undefined,
): Promise<CacheHandlerValue> {
  const tags = tagsOf(page)
  const early = judgeOfLookup(data)
  const judge = early ?? (await judgeOf([tags, ...shellTags(page)], versions))
  guessNextTime(arrival()?.route, !early && needsVersions(tags))
  const verdict = judge(tags)
  const isExpired = verdict === 'expired'
  const due = verdict === 'stale' || isDue(data, tags, lifetimeOf(key, data, context, serverFolder))
  if (isExpired || due) loadMayBegin(request, key)
  if (isExpired || (due && !arrival()?.isPrefetch)) load.load()
  const current = withCurrentShell(page, judge)
  if (isExpired) return outdated({ ...data, value: withDeadStamps(current) })
  const value = keptPrivate(current, tags)
  return verdict === 'stale' ? staleByTag(data, value) : { ...data, value }
}
