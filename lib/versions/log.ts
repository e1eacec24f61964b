import { type Deadline, deadlineOf } from '../base/deadline.ts'
import { database, databaseError } from '../postgres/database.ts'
import { type Statement, sql } from '../postgres/statement.ts'
import { cacheOfTags } from './tags/cache.ts'

/** One cache for display: its version, its last invalidation, and how often it was invalidated lately. */
export interface CacheOverview {
  readonly cache: string
  readonly version: string
  /** The version that its last invalidation replaced, or `null` when the log knows of none. */
  readonly previousVersion: string | null
  /** When it was last invalidated, or `null` when the log knows of no time. */
  readonly invalidatedAt: Date | null
  readonly actor: string | null
  readonly reason: string | null
  readonly source: string | null
  /** Invalidations in each of the last 24 hours, the oldest hour first; of its newest 1000 only. */
  readonly hourly: readonly number[]
}

/** One line of the log. */
export interface CacheInvalidation {
  readonly id: number
  /** The cache that was invalidated; for a tag the one that all tags share. */
  readonly cache: string
  /** The tag that was invalidated, as entries carry it; `*` at its end stands for any end. `null` for a cache. */
  readonly tag: string | null
  /** The seconds for which the entries of the tag were stale only; 0 where they expired at once. */
  readonly expireSeconds: number
  readonly version: string
  readonly previousVersion: string | null
  readonly invalidatedAt: Date
  readonly actor: string | null
  readonly reason: string | null
  readonly source: string | null
  /**
   * How many servers gave up a lease for it, and how long it waited for them and for those that were lost; `null` where
   * it waited for none, and where the schema has no leases yet.
   */
  readonly recalledLeases: number | null
  readonly recallMilliseconds: number | null
}

/** The most lines to count for a cache, so that a busy one costs no more. */
const countedLines = 1000

const longestMilliseconds = 5000

/** Which caches are asked for. */
interface CachesAsked {
  readonly search?: string
  readonly limit?: number
  readonly offset?: number
}

/** Which lines of the log are asked for: of one cache, or of one tag. */
interface LinesAsked {
  /** Only lines before this one. */
  readonly before?: number
  readonly limit?: number
  readonly cache?: string
  /** The tag; with `*` at its end all tags that begin so. */
  readonly tag?: string
}

/** Counts all caches, and those with the text in their names, whatever its case. */
export async function countCaches(options: { search: string }): Promise<{ all: number; found: number }> {
  const [counts] = await ask<{ all: number; found: number }>(
    ['all', 'found'],
    sql`
      select count(*)::int as "all", count(*) filter (where ${hasInName(options.search)})::int as found
      from cache_versions where ${isNamed}`,
    newDeadline(),
  )
  return counts ?? { all: 0, found: 0 }
}

/**
 * Reads caches with their last invalidations, sorted by name: every cache, or those with `search` in their names,
 * `limit` of them after the first `offset`.
 */
export async function readCacheOverview(options: CachesAsked = {}): Promise<CacheOverview[]> {
  const deadline = newDeadline()
  // With "<=" there is only the index by cache to walk along; with "=" Postgres may walk back through the whole log
  // to a cache that was long left alone.
  const caches = await ask<Omit<CacheOverview, 'hourly'>>(
    ['cache', 'version', 'previousVersion', 'invalidatedAt', 'actor', 'reason', 'source'],
    sql`
      select v.cache, v.version, i.previous_version as "previousVersion", i.invalidated_at as "invalidatedAt",
        i.actor, i.reason, i.source
      from (${cachesOf(options)}) v
      left join lateral (
        select * from cache_invalidations where cache <= v.cache and version is not null
        order by cache desc, id desc limit 1
      ) i on i.cache = v.cache
      order by v.cache`,
    deadline,
  )
  const counts = await ask<{ cache: string; hoursAgo: number; count: number }>(
    ['cache', 'hoursAgo', 'count'],
    sql`
      select cache,
        -- Of what a clock wrote that was ahead, as of now.
        greatest(0, least(23, floor(extract(epoch from now() - invalidated_at) / 3600)))::int as "hoursAgo",
        count(*)::int as count
      from (${cachesOf(options)}) v, lateral (
        select invalidated_at from cache_invalidations
        where cache >= v.cache and cache <= v.cache and version is not null
        order by cache desc, id desc limit ${countedLines}
      ) i
      where invalidated_at > now() - interval '24 hours'
      group by 1, 2`,
    deadline,
  )
  const hourly = new Map(caches.map(({ cache }) => [cache, new Array<number>(24).fill(0)]))
  for (const { cache, hoursAgo, count } of counts) {
    const hours = hourly.get(cache)
    if (hours) hours[23 - hoursAgo] = count
  }
  return caches.map((cache) => ({ ...cache, hourly: hourly.get(cache.cache) ?? [] }))
}

/**
 * Reads the log, newest line first: at most `limit` lines, from before the line `before`, and of `cache` or `tag` if they
 * are set.
 *
 * @throws CacheVersionsError `not-migrated` for lines of a tag where the schema is of before tags.
 */
export async function readCacheInvalidations(options: LinesAsked = {}): Promise<CacheInvalidation[]> {
  const { before = Number.MAX_SAFE_INTEGER, limit = 20 } = options
  const { which, order } = linesOf(options, { before, limit })
  return await ask<CacheInvalidation>(
    [
      'id',
      'cache',
      'tag',
      'expireSeconds',
      'version',
      'previousVersion',
      'invalidatedAt',
      'actor',
      'reason',
      'source',
      'recalledLeases',
      'recallMilliseconds',
    ],
    sql`
      select id::float8 as id, cache,
        -- An older schema has no such columns.
        nullif(to_jsonb(cache_invalidations)->>'tag', '') as tag,
        coalesce((to_jsonb(cache_invalidations)->>'expire_seconds')::int, 0) as "expireSeconds",
        version, previous_version as "previousVersion", invalidated_at as "invalidatedAt", actor, reason, source,
        (to_jsonb(cache_invalidations)->>'recalled_leases')::int as "recalledLeases",
        (to_jsonb(cache_invalidations)->>'recall_milliseconds')::float8 as "recallMilliseconds"
      from cache_invalidations
      where version is not null and id < ${before} ${which}
      order by ${order} cache_invalidations.id desc limit ${limit}`,
    newDeadline(),
  )
}

/** The lines that are asked for, and the columns of the index along which they are found. */
function linesOf(
  { cache, tag }: LinesAsked,
  page: { before: number; limit: number },
): { which: Statement; order: Statement } {
  if (tag?.endsWith('*'))
    return { which: sql`and id = any (${idsOfTags(tag.slice(0, -1), page)})`, order: sql`` }
  if (tag !== undefined) {
    const text = sql`cache_tag_text(${tag})`
    return { which: sql`and tag <> '' and tag >= ${text} and tag <= ${text}`, order: sql`tag desc,` }
  }
  if (cache !== undefined) return { which: sql`and ${isCache(cache)}`, order: sql`cache desc,` }
  return { which: sql``, order: sql`` }
}

/** The most lines to sort; of more it is faster to go back through the log until a page is full. */
const fewLines = 10_000

/** The log keeps so much of a long tag, and a hash of all of it. */
const keptCharacters = 448

/** The numbers of the lines of tags that begin so, on one page. Postgres guesses badly how many there are. */
function idsOfTags(beginning: string, { before, limit }: { before: number; limit: number }): Statement {
  const kept = sql`left(cache_tag_text(${beginning}), ${keptCharacters})`
  return sql`array(
    with few as materialized (
      select id from cache_invalidations where tag <> '' and tag ^@ ${kept} limit ${fewLines + 1}
    )
    (select id from few where (select count(*) from few) <= ${fewLines} and id < ${before}
      order by id desc limit ${limit})
    union all
    (select id from cache_invalidations
      -- Not along the index by tag.
      where (select count(*) from few) > ${fewLines} and id < ${before} and tag <> '' and (tag || '') ^@ ${kept}
      order by id desc limit ${limit})
  )`
}

function cachesOf({ search = '', limit, offset = 0 }: CachesAsked): Statement {
  return sql`
    select cache, version from cache_versions where ${isNamed} and ${hasInName(search)}
    order by cache limit ${limit ?? null} offset ${offset}`
}

/** The cache of all tags is none that anybody named. */
const isNamed = sql`cache <> ${cacheOfTags}`

/** Not with "=": see above. */
function isCache(cache: string): Statement {
  return sql`cache >= ${cache} and cache <= ${cache}`
}

/** Names are not patterns: `_` is part of many. */
function hasInName(search: string): Statement {
  return sql`position(lower(${search}) in lower(cache)) > 0`
}

function newDeadline(): Deadline {
  return deadlineOf('Reading the log of invalidations', longestMilliseconds)
}

async function ask<R>(
  columns: readonly (keyof R & string)[],
  question: Statement,
  deadline: Deadline,
): Promise<R[]> {
  try {
    return await database().log.ask<R>(question.text, columns, deadline)
  } catch (error) {
    throw databaseError(error)
  }
}
