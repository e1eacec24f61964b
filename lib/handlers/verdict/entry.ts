import type { CacheEntry } from '../../internals/types.ts'
import { isServable, verdictOn } from './judge.ts'

/**
 * Returns an entry of `'use cache'` if it may be served: a stale one at request time only, so that Next revalidates it in
 * the background.
 *
 * @param pathTags of the page that asks
 */
export async function entryToServe(
  entry: CacheEntry,
  pathTags: readonly string[],
): Promise<CacheEntry | undefined> {
  const verdict = await verdictOn([...entry.tags, ...pathTags])
  if (!isServable(verdict)) return undefined
  return verdict === 'stale' ? { ...entry, revalidate: -1 } : entry
}
