import type { Sql } from 'postgres'
import { cacheOfTags } from '../versions/tags/cache.ts'

/** The tags that the log names, sorted. */
export async function tagsOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ tag: string }[]>`
    select tag from cache_invalidations where cache = ${cacheOfTags} order by tag collate "C"`
  return rows.map(({ tag }) => tag)
}
