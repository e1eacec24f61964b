/** The kind of an error, for code that handles one failure unlike another. */
export type CacheVersionsErrorCode =
  | 'invalid-name'
  | 'unknown-cache'
  | 'no-database-url'
  | 'database-unreachable'
  | 'database-timeout'
  /** The connection was lost while an invalidation was being committed: nobody can tell whether it happened. */
  | 'outcome-unknown'
  /** The database, or a pooler before it, answered another question. */
  | 'wrong-answer'
  | 'not-migrated'
  /** The role of the server lacks a right; the message names the grant. */
  | 'not-permitted'
  /** The schema in the database has been upgraded beyond this package. */
  | 'unsupported-schema'
  | 'wrong-place'
  | 'unstorable-value'
  | 'invalid-argument'
  | 'invalid-config'
  /** The installed Next is not one that the handlers are known to be right on. */
  | 'unsupported-next'

/** Every error of this package. The message names the value and the remedy; `cause` keeps what was thrown below. */
export class CacheVersionsError extends Error {
  override readonly name = 'CacheVersionsError'
  readonly code: CacheVersionsErrorCode

  constructor(code: CacheVersionsErrorCode, message: string, options?: ErrorOptions) {
    super(`[cache-versions] ${message}`, options)
    this.code = code
  }

  /** Next loads this package several times a process, and one copy's errors reach the callers of another. */
  static override [Symbol.hasInstance](value: unknown): value is CacheVersionsError {
    return value instanceof Error && value.name === 'CacheVersionsError'
  }
}
