import { deadlineOf } from '../base/deadline.ts'
import { type PostgresClient, runIn } from '../postgres/client.ts'
import { databaseError } from '../postgres/database.ts'
import { postgresFailure } from '../postgres/failure.ts'
import { type Statement, sql } from '../postgres/statement.ts'
import { commit } from '../postgres/transaction.ts'
import { checkCacheName, unknownCache } from './name.ts'
import type { CacheName } from './register.ts'
import { schemaVersion } from './schema-version.ts'

export interface InvalidateOptions {
  /**
   * The transaction that makes the change, of Drizzle, postgres.js, node-postgres, Kysely, Knex or Prisma: both commit or
   * neither. Without it the invalidation commits at once.
   */
  tx?: PostgresClient
  /** The reason, for the log; at most 500 characters are kept. */
  reason?: string
  /** The actor, for the log; at most 200 characters are kept. Default: the user of the database. */
  actor?: string
  /** The origin, for the log; at most 20 characters are kept. Default: `action`, `route` or `app`. */
  source?: string
}

/**
 * The longest that an invalidation may wait for Postgres, in milliseconds: its commit may queue behind another of its
 * cache.
 */
const longestMilliseconds = 10_000

/** Writes the invalidation of the named caches, each once. It commits with the transaction, if there is one. */
export async function writeInvalidations(
  names: readonly CacheName[],
  options: InvalidateOptions,
): Promise<void> {
  const checked = names.map((name) => checkCacheName(name))
  if (checked.length > 0) await write(checked, { strict: true }, options)
}

/** Writes the invalidation of every cache there is, in one statement, and returns their names. */
export async function writeAllInvalidations(options: InvalidateOptions): Promise<CacheName[]> {
  return (await write(undefined, { strict: false }, options)) as CacheName[]
}

/** Writes the invalidation of those names that are caches, in one statement, and returns them. */
export async function writeInvalidationsOfCachesAmong(
  names: readonly string[],
  source: 'action' | 'route',
): Promise<string[]> {
  return await write(names, { strict: false }, { source })
}

/** The longest that a tag can be stale before it expires, in seconds: for ever, in practice. */
const longestSeconds = 2 ** 31 - 1

/**
 * Writes the invalidation of tags and paths, in one statement, and returns those that name a cache. With `seconds` entries
 * are stale only, and expire after them.
 */
export async function writeTagInvalidations(
  tags: readonly string[],
  { tx, reason, actor, source, seconds = 0 }: InvalidateOptions & { seconds?: number },
): Promise<string[]> {
  const expire = Math.min(Math.ceil(seconds), longestSeconds)
  const rows = await execute(
    sql`select name, is_cache from write_tag_invalidations(${tags}, ${expire}, ${reason}, ${actor}, ${source}, ${schemaVersion})`,
    tx,
  )
  return (rows as { name: string; is_cache: boolean }[]).filter((row) => row.is_cache).map(({ name }) => name)
}

async function write(
  names: readonly string[] | undefined,
  { strict }: { strict: boolean },
  { tx, reason, actor, source }: InvalidateOptions,
): Promise<string[]> {
  const rows = await execute(
    sql`select name from write_cache_invalidations(${names}, ${strict}, ${reason}, ${actor}, ${source}, ${schemaVersion}) as name`,
    tx,
  )
  return (rows as { name: string }[]).map(({ name }) => name)
}

async function execute(statement: Statement, tx: PostgresClient | undefined): Promise<unknown[]> {
  try {
    // The transaction's own statements have the bounds that its owner set.
    if (tx) return await runIn(tx, statement)
    return await commit(statement.text, deadlineOf('Invalidating', longestMilliseconds))
  } catch (error) {
    throw invalidationError(error)
  }
}

/** An unknown name is reported with the nearest there is, as everywhere else. */
function invalidationError(error: unknown): unknown {
  const { code, message } = postgresFailure(error)
  const unknown =
    code === '42704' ? /\[cache-versions\] (Cache "[^"]*" is not versioned\..*)$/s.exec(message) : null
  if (!unknown) return databaseError(error)
  const name = /^Cache "(.*)" is not versioned/.exec(unknown[1] ?? '')?.[1] ?? ''
  const suggestion = /Did you mean "(.*)"\?$/.exec(unknown[1] ?? '')?.[1]
  return unknownCache(name, suggestion ? [suggestion] : [], { cause: error })
}
