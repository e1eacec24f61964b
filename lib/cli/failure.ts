import { CacheVersionsError } from '../base/error.ts'
import { UsageError } from './usage-error.ts'

export function exitCodeOf(error: unknown): 1 | 2 {
  if (error instanceof UsageError) return 2
  return error instanceof CacheVersionsError && error.code === 'invalid-name' ? 2 : 1
}

/** Says to a person what went wrong and what to do. The password of the database is never part of it. */
export function describeFailure(error: unknown, address: string): string {
  if (!(error instanceof Error)) return `[cache-versions] ${String(error)}`
  if (error instanceof CacheVersionsError && error.code === 'database-timeout') {
    return `${error.message} It is the Postgres at ${address}.`
  }
  if (error.message.startsWith('[cache-versions] ')) return error.message
  if (error.name === 'PostgresError') {
    return `[cache-versions] Postgres at ${address} refused: ${error.message}. Check DATABASE_URL and what its user may do.`
  }
  // Not foreseen, so whoever reads it needs the place.
  return error.stack ?? error.message
}
