import { createHash, createHmac, randomBytes } from 'node:crypto'
import { deadlineOf } from '../../base/deadline.ts'
import { CacheVersionsError } from '../../base/error.ts'
import { database, databaseError } from '../../postgres/database.ts'
import { postgresFailure } from '../../postgres/failure.ts'
import { type Statement, sql } from '../../postgres/statement.ts'

/** The lifetime of a session and of a one-time token. */
export const lifetimeSeconds = 12 * 60 * 60

const oneTimePrefix = 'once_'
const longestMilliseconds = 2000

/**
 * Returns a token that signs in to the admin page once, on whichever server receives it first, within 12 hours: typed
 * into the page's form, or in a link, `/admin/caches/session?token=…`.
 *
 * @throws CacheVersionsError `not-migrated`, `database-unreachable`, `database-timeout` or `no-database-url`.
 */
export async function createCacheAdminToken(): Promise<string> {
  const token = `${oneTimePrefix}${randomText()}`
  await insert(hashOfOneTimeToken(token))
  return token
}

/** Whether the token has the form of a one-time token, and so is worth a query. */
export function looksOneTime(token: string): boolean {
  return token.startsWith(oneTimePrefix) && isRandomText(token.slice(oneTimePrefix.length))
}

/** Whether the one-time token has neither been used nor expired. */
export async function isOneTimeToken(token: string): Promise<boolean> {
  return await isThere(hashOfOneTimeToken(token))
}

/** Begins a session, which replaces that of the browser, and returns the value of its cookie. */
export async function beginSession(previous: string | undefined): Promise<string> {
  const session = randomText()
  await insert(hashOfSession(session))
  await remove(previous)
  return session
}

/**
 * Exchanges a one-time token for a session. One statement spends the token and writes the session: of several requests
 * with one token exactly one succeeds, and a failure does not spend it.
 *
 * See docs/decisions/0033-admin-sessions-are-rows-in-postgres.md
 */
export async function exchangeOneTimeToken(
  token: string,
  previous: string | undefined,
): Promise<string | undefined> {
  const session = randomText()
  const begun = await ask(sql`
    with spent as (
      delete from cache_admin_tokens where hash = ${hashOfOneTimeToken(token)} and expires_at > now() returning hash
    )
    insert into cache_admin_tokens (hash, expires_at)
    select ${hashOfSession(session)}, ${expiry} from spent returning hash`)
  if (begun.length === 0) return undefined
  await remove(previous)
  return session
}

/**
 * Calls the work with a session that servers of this database and this configured token know, and no other. It is ended
 * after the work, and a minute from now in any case.
 */
export async function withBriefSession<T>(token: string, work: (session: string) => Promise<T>): Promise<T> {
  const session = randomText()
  const hash = hashOfSession(session, token)
  await insert(hash, sql`now() + interval '1 minute'`)
  try {
    return await work(session)
  } finally {
    await removeHash(hash)
  }
}

export async function isSession(value: string | undefined): Promise<boolean> {
  return isWellFormed(value) && (await isThere(hashOfSession(value)))
}

/** Ends the session on every server. */
export async function endSession(value: string | undefined): Promise<void> {
  await remove(value)
}

/** Deletes expired rows at each insert, so that the table stays small. */
async function insert(hash: string, expiresAt = expiry): Promise<void> {
  await ask(sql`
    with expired as (delete from cache_admin_tokens where expires_at <= now())
    insert into cache_admin_tokens (hash, expires_at) values (${hash}, ${expiresAt}) returning hash`)
}

async function remove(session: string | undefined): Promise<void> {
  if (isWellFormed(session)) await removeHash(hashOfSession(session))
}

async function removeHash(hash: string): Promise<void> {
  await ask(sql`delete from cache_admin_tokens where hash = ${hash} returning hash`)
}

async function isThere(hash: string): Promise<boolean> {
  const rows = await ask(sql`select hash from cache_admin_tokens where hash = ${hash} and expires_at > now()`)
  return rows.length > 0
}

/** On the clock of Postgres, which all servers share. */
const expiry = sql`now() + ${lifetimeSeconds}::int * interval '1 second'`

function randomText(): string {
  return randomBytes(32).toString('base64url')
}

function isRandomText(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

/** A cookie of another form costs no query. */
function isWellFormed(session: string | undefined): session is string {
  return session !== undefined && isRandomText(session)
}

/** In SQL: `encode(sha256('once_…'), 'hex')`. It is random enough for a plain hash. */
function hashOfOneTimeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Depends on the configured token, so that a new one ends the sessions that the old one began. */
function hashOfSession(session: string, token = process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? ''): string {
  return createHmac('sha256', token).update(session).digest('hex')
}

async function ask(question: Statement): Promise<{ hash: string }[]> {
  const deadline = deadlineOf('Asking for a session of the admin page', longestMilliseconds)
  try {
    return await database().log.ask<{ hash: string }>(question.text, ['hash'], deadline)
  } catch (error) {
    throw sessionError(error)
  }
}

function sessionError(cause: unknown): unknown {
  if (postgresFailure(cause).code !== '42P01') return databaseError(cause)
  return new CacheVersionsError(
    'not-migrated',
    'The database has no table "cache_admin_tokens", which keeps the sessions of the admin page. Export cacheAdminTokens from your Drizzle schema, and run: pnpm drizzle-kit generate, pnpm drizzle-kit migrate',
    { cause },
  )
}
