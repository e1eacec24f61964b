import { CacheVersionsError } from '../base/error.ts'

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

/** Whether the connection broke, rather than the statement: the same statement may succeed on a new one. */
export function isConnectionLost(cause: unknown): boolean {
  const { code } = postgresFailure(cause)
  return code !== undefined && lostCodes.has(code)
}

/** Whether nobody answers where Postgres should be, or it takes no connections. */
export function isUnreachable(code: string | undefined): code is string {
  return code !== undefined && (lostCodes.has(code) || unreachableCodes.has(code))
}

const lostCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  // Postgres is shutting down.
  '57P01',
  // postgres.js has replaced the connection in the middle of a transaction.
  '25P01',
])
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
  'CONNECT_TIMEOUT',
  // Postgres has crashed, is starting, or has no connection left.
  '57P02',
  '57P03',
  '53300',
])
