import { CacheVersionsError } from '../base/error.ts'

interface Failure {
  readonly code: string | undefined
  readonly message: string
}

/** Finds the error of Postgres below the wrappers that Drizzle and Prisma put around it. */
export function postgresFailure(cause: unknown): Failure {
  let error = cause
  while (error instanceof Error) {
    const failure = failureInPrisma(error)
    if (failure) return failure
    if ('code' in error && typeof error.code === 'string' && !(error instanceof CacheVersionsError)) {
      return { code: error.code, message: error.message }
    }
    error = error.cause
  }
  return { code: undefined, message: String(cause) }
}

/** Prisma 7 keeps the error of its driver beside, and gives codes of its own (`P2010`). */
function failureInPrisma(error: Error & { meta?: PrismaMeta }): Failure | undefined {
  const { originalCode, originalMessage } = error.meta?.driverAdapterError?.cause ?? {}
  return originalCode === undefined ? undefined : { code: originalCode, message: originalMessage ?? '' }
}

interface PrismaMeta {
  readonly driverAdapterError?: {
    readonly cause?: { readonly originalCode?: string; readonly originalMessage?: string }
  }
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
