import { type CacheOverview, countCaches, readCacheOverview } from '../../versions/log.ts'

const length = 50

/** A page of the caches that were asked for. */
export interface CachePage {
  readonly caches: readonly CacheOverview[]
  /** How many caches there are, and how many of them have what was searched for in their names. */
  readonly all: number
  readonly found: number
  /** Which page it is, from 1, of how many. */
  readonly number: number
  readonly of: number
}

/** Reads a page of the caches; for a page that is not there, the last. */
export async function readCachePage(asked: { search: string; page: number }): Promise<CachePage> {
  const { search } = asked
  const { all, found } = await countCaches({ search })
  const of = Math.max(1, Math.ceil(found / length))
  const number = Math.min(asked.page, of)
  const caches = await readCacheOverview({ search, limit: length, offset: (number - 1) * length })
  return { caches, all, found, number, of }
}
