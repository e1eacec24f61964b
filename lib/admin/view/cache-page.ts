import { type CacheOverview, countCaches, readCacheOverview } from '../../versions/log.ts'

const length = 50

/** A page of the requested caches. */
export interface CachePage {
  readonly caches: readonly CacheOverview[]
  /** The number of caches, and of those with the searched text in their names. */
  readonly all: number
  readonly found: number
  /** The number of this page, from 1, and of all pages. */
  readonly number: number
  readonly of: number
}

/** Reads a page of the caches; for a page that does not exist, the last. */
export async function readCachePage(asked: { search: string; page: number }): Promise<CachePage> {
  const { search } = asked
  const { all, found } = await countCaches({ search })
  const of = Math.max(1, Math.ceil(found / length))
  const number = Math.min(asked.page, of)
  const caches = await readCacheOverview({ search, limit: length, offset: (number - 1) * length })
  return { caches, all, found, number, of }
}
