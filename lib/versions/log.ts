import { type Deadline, deadlineOf } from '../base/deadline.ts'
import { database, databaseError } from '../postgres/database.ts'
import { type Statement, sql } from '../postgres/statement.ts'

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
  readonly cache: string
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

/** Counts all caches, and those with the text in their names, whatever its case. */
export async function countCaches(options: { search: string }): Promise<{ all: number; found: number }> {
  const [counts] = await ask<{ all: number; found: number }>(
    ['all', 'found'],
    sql`
      select count(*)::int as "all", count(*) filter (where ${hasInName(options.search)})::int as found
      from cache_versions`,
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

/** Reads the log, newest line first: at most `limit` lines, from before the line `before` and of `cache` if they are set. */
export async function readCacheInvalidations(
  options: { before?: number; limit?: number; cache?: string } = {},
): Promise<CacheInvalidation[]> {
  const { before = Number.MAX_SAFE_INTEGER, limit = 20, cache } = options
  return await ask<CacheInvalidation>(
    [
      'id',
      'cache',
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
      select id::float8 as id, cache, version, previous_version as "previousVersion",
        invalidated_at as "invalidatedAt", actor, reason, source,
        -- An older schema has no such columns.
        (to_jsonb(cache_invalidations)->>'recalled_leases')::int as "recalledLeases",
        (to_jsonb(cache_invalidations)->>'recall_milliseconds')::float8 as "recallMilliseconds"
      from cache_invalidations
      where version is not null and id < ${before} ${cache === undefined ? sql`` : sql`and ${isCache(cache)}`}
      order by ${cache === undefined ? sql`` : sql`cache desc,`} cache_invalidations.id desc limit ${limit}`,
    newDeadline(),
  )
}

function cachesOf({ search = '', limit, offset = 0 }: CachesAsked): Statement {
  return sql`
    select cache, version from cache_versions where ${hasInName(search)}
    order by cache limit ${limit ?? null} offset ${offset}`
}

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
