import postgres, { type Sql } from 'postgres'
import { CacheVersionsError } from './error.ts'
import { processState } from './process-state.ts'

/**
 * Gives the one pool of this process, opened at the first query: importing the package connects to nothing.
 * `CACHE_VERSIONS_DATABASE_URL` wins over `DATABASE_URL`, for apps whose usual database is a replica: versions must
 * come from the primary.
 */
export function database(): Sql {
  const state = processState()
  const url = process.env.CACHE_VERSIONS_DATABASE_URL || process.env.DATABASE_URL
  if (!url) {
    throw new CacheVersionsError(
      'no-database-url',
      'No database is configured. Set DATABASE_URL to the Postgres that holds cache_versions.',
    )
  }
  if (state.pool?.url !== url) {
    state.pool = {
      url,
      sql: postgres(url, {
        // One connection reads the versions; the others are for invalidations beside it.
        max: 3,
        idle_timeout: 10,
        connect_timeout: 10,
        // A database that is back must serve the very next request, so a reconnect never waits.
        backoff: () => 0,
        fetch_types: false,
        onnotice: () => {},
        connection: { application_name: 'next-cache-versions' },
      }),
    }
  }
  return state.pool.sql
}

/**
 * Closes the package's connections so that a script can end at once. They open again when they are needed; without
 * this call they close by themselves after 10 idle seconds.
 */
export async function closeCacheVersions(): Promise<void> {
  const state = processState()
  const pool = state.pool
  state.pool = undefined
  await pool?.sql.end({ timeout: 5 })
}

/** Lets go of connections that no longer answer; the next query opens new ones. */
export function abandonPool(): void {
  const state = processState()
  const pool = state.pool
  state.pool = undefined
  void pool?.sql.end({ timeout: 0 })
}

/** Says in the package's words what Postgres or the connection to it said. Never carries the password. */
export function databaseError(cause: unknown): unknown {
  const { code, message } = postgresFailure(cause)
  if (code === '42P01' || code === '42883') {
    return new CacheVersionsError(
      'not-migrated',
      `The database has no cache versions yet (${message}). Run the migrations: pnpm drizzle-kit migrate`,
      { cause },
    )
  }
  if (code !== undefined && unreachableCodes.has(code)) {
    return new CacheVersionsError(
      'database-unreachable',
      `Postgres at ${address()} cannot be reached (${code}). Start it, or correct DATABASE_URL.`,
      { cause },
    )
  }
  return cause
}

/** Whether the connection broke, rather than the statement: the same statement may succeed on a new one. */
export function isConnectionLost(cause: unknown): boolean {
  const { code } = postgresFailure(cause)
  return code !== undefined && lostCodes.has(code)
}

/** Finds the error of Postgres below the wrappers that Drizzle puts around it. */
export function postgresFailure(cause: unknown): { code: string | undefined; message: string } {
  let error = cause
  while (error instanceof Error) {
    if ('code' in error && typeof error.code === 'string' && !(error instanceof CacheVersionsError)) {
      return { code: error.code, message: error.message }
    }
    error = error.cause
  }
  return { code: undefined, message: String(cause) }
}

const lostCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  '57P01',
])
const unreachableCodes = new Set([
  ...lostCodes,
  ...[
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOENT',
    'EACCES',
  ],
  ...['CONNECT_TIMEOUT', '57P02', '57P03', '53300'],
])

function address(): string {
  const pool = processState().pool
  const { host, port } = pool?.sql.options ?? {}
  return pool ? `${host?.[0]}:${port?.[0]}` : 'the configured address'
}
