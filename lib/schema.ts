import { sql } from 'drizzle-orm'
import {
  bigint,
  char,
  check,
  customType,
  index,
  integer,
  pgTable,
  real,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core'

/** A transaction id that never wraps around; text in JavaScript. */
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

/**
 * The truth: one row a cache. Any change of `version`, by any means, invalidates the cache.
 * The two columns are those of Misago's table.
 */
export const cacheVersions = pgTable(
  'cache_versions',
  {
    cache: varchar({ length: 128 }).primaryKey(),
    version: char({ length: 8 }).notNull(),
  },
  (table) => [check('cache_versions_cache_name', sql`${table.cache} ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$'`)],
)

/**
 * The log, append-only. To insert a row without a version is to invalidate: at COMMIT a deferred trigger changes the
 * version of the cache and writes it here. A plain UPDATE of `cache_versions` is logged here too.
 *
 * See docs/decisions/0001-pending-rows-have-the-unique-index-to-themselves.md
 */
export const cacheInvalidations = pgTable(
  'cache_invalidations',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    cache: varchar({ length: 128 }).notNull(),
    /** The version it led to; null only inside the transaction that has not committed yet. */
    version: char({ length: 8 }),
    previousVersion: char('previous_version', { length: 8 }),
    reason: text(),
    actor: text(),
    /** From where: `action`, `route`, `app`, `cli`, `sql` or `trigger`. */
    source: text(),
    /** `functions.sql` makes the default one that refuses a session whose triggers are off. */
    txid: xid8().notNull().default(sql`pg_current_xact_id()`),
    invalidatedAt: timestamp('invalidated_at', { withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    /** The tag that was invalidated, where `cache` is the cache of all tags; `*` at its end stands for any end. */
    tag: text().notNull().default(''),
    /** The seconds for which entries are stale only, and are served while they are revalidated. */
    expireSeconds: integer('expire_seconds').notNull().default(0),
    /** How many leases it had to recall, and how long that took; null where nobody held one. */
    recalledLeases: integer('recalled_leases'),
    recallMilliseconds: real('recall_milliseconds'),
  },
  (table) => [
    // One row per cache, tag and transaction, so a bulk write costs one. Only rows still to be applied are indexed: the
    // index stays tiny, and ids of transactions restored from another server's dump cannot collide with new ones.
    uniqueIndex('cache_invalidations_pending_tags')
      .on(table.txid, table.cache, table.tag)
      .where(sql`version is null`),
    index('cache_invalidations_cache_id').on(table.cache, table.id),
    // The tags of entries, and the versions that they were computed under.
    index('cache_invalidations_tag_id').on(table.tag, table.id).where(sql`tag <> ''`),
    index('cache_invalidations_version').on(table.version).where(sql`tag <> ''`),
    index('cache_invalidations_tag_prefix').on(table.tag, table.id).where(sql`tag like '%*'`),
    index('cache_invalidations_invalidated_at').on(table.invalidatedAt, table.cache),
    // Times that JavaScript has a Date for, which leaves out `infinity`.
    check('cache_invalidations_time', sql`${table.invalidatedAt} between '1970-01-01' and '9999-12-31'`),
  ],
)

/**
 * Sessions and one-time tokens of the admin page, by their hashes, until they expire or are used. It stays empty in an
 * app that authorizes by itself (`authorizeCacheAdmin`).
 */
export const cacheAdminTokens = pgTable('cache_admin_tokens', {
  hash: char({ length: 64 }).primaryKey(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
})

/**
 * The lock of the leases, which a server holds while it answers from memory and a writer waits for. Its one row is the
 * start of Postgres since which no lease of before can be left. `functions.sql` makes it unlogged, so that a crash or a
 * promotion empties it.
 *
 * See docs/leases.md
 */
export const cacheVersionLeases = pgTable('cache_version_leases', {
  startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
})
