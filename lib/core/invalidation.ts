import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { budgetOf } from './budget.ts'
import { databaseError } from './database.ts'
import { postgresFailure } from './failure.ts'
import { withLiterals } from './literals.ts'
import { checkCacheName, unknownCache } from './name.ts'
import type { CacheName } from './register.ts'
import { commit } from './transaction.ts'

/** A transaction, or a database, of Drizzle for Postgres, whatever its driver. */
export interface DrizzleTransaction {
  execute(query: SQLWrapper): PromiseLike<unknown>
}

export interface InvalidateOptions {
  /** The transaction that makes the change: both commit or neither. Without it the invalidation commits at once. */
  tx?: DrizzleTransaction
  /** Why, for the log; at most 500 characters are kept. */
  reason?: string
  /** Who, for the log; at most 200 characters are kept. Default: the user of the database. */
  actor?: string
  /** From where, for the log; at most 20 characters are kept. Default: `action`, `route` or `app`. */
  source?: string
}

/** How long an invalidation may wait for Postgres, in milliseconds: a commit may queue behind another of its cache. */
const writeBudgetMilliseconds = 10_000

/** Writes the invalidation of the named caches, each once. A transaction that is given decides when it commits. */
export async function writeInvalidations(
  names: readonly CacheName[],
  options: InvalidateOptions,
): Promise<void> {
  const rows = [...new Set(names)].map((name) => sql`(${checkCacheName(name)}, ${logged(options)})`)
  if (rows.length === 0) return
  await execute(
    sql`insert into cache_invalidations (cache, reason, actor, source) values ${sql.join(rows, sql`, `)} on conflict do nothing`,
    options.tx,
  )
}

/** Writes the invalidation of every cache there is, in one statement, and gives their names. */
export async function writeAllInvalidations(options: InvalidateOptions): Promise<CacheName[]> {
  const result = await execute(
    sql`with invalidated as (
      insert into cache_invalidations (cache, reason, actor, source)
      select cache, ${logged(options)} from cache_versions on conflict do nothing
    ) select cache from cache_versions order by cache`,
    options.tx,
  )
  // postgres.js gives the rows, node-postgres an object that holds them.
  const rows = (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as {
    cache: CacheName
  }[]
  return rows.map((row) => row.cache)
}

/** What the log keeps beside the name; the database cuts what is too long and fills in what is not given. */
function logged({ reason, actor, source }: InvalidateOptions): SQL {
  return sql`${reason ?? null}, ${actor ?? null}, ${source ?? null}`
}

/** Writes the invalidation of those names that are caches, in one statement, and gives them. */
export async function writeInvalidationsOfCachesAmong(
  names: readonly string[],
  source: 'action' | 'route',
): Promise<string[]> {
  const list = sql.join(
    names.map((name) => sql`${name}`),
    sql`, `,
  )
  const rows = (await execute(
    sql`insert into cache_invalidations (cache, source)
      select cache, ${source} from cache_versions where cache in (${list}) on conflict do nothing returning cache`,
    undefined,
  )) as { cache: string }[]
  return rows.map((row) => row.cache)
}

/** Gives the rows, or what the driver of the transaction gives. */
async function execute(query: SQL, tx: DrizzleTransaction | undefined): Promise<unknown> {
  try {
    // The transaction's own statements have the bounds that its owner set.
    if (tx) return await tx.execute(query)
    return await commit(withLiterals(query), budgetOf('Invalidating', writeBudgetMilliseconds))
  } catch (error) {
    throw invalidationError(error)
  }
}

/** An unknown name is reported with the nearest there is, as everywhere else. */
function invalidationError(error: unknown): unknown {
  const { code, message } = postgresFailure(error)
  const unknown =
    code === '42704' ? /^\[cache-versions\] (Cache ".*" is not versioned\..*)$/.exec(message) : null
  if (!unknown) return databaseError(error)
  const name = /^Cache "(.*)" is not versioned/.exec(unknown[1] ?? '')?.[1] ?? ''
  const suggestion = /Did you mean "(.*)"\?$/.exec(unknown[1] ?? '')?.[1]
  return unknownCache(name, suggestion ? [suggestion] : [], { cause: error })
}
