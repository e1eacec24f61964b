/** What went wrong, for code that has to tell one failure from another. */
export type CacheVersionsErrorCode =
  | 'invalid-name'
  | 'unknown-cache'
  | 'no-database-url'
  | 'database-unreachable'
  | 'database-timeout'
  | 'not-migrated'
  | 'wrong-place'
  | 'unstorable-value'
  | 'invalid-argument'
  | 'invalid-config'

/** Every error of this package. The message names the value and the remedy; `cause` keeps what was thrown below. */
export class CacheVersionsError extends Error {
  override readonly name = 'CacheVersionsError'
  readonly code: CacheVersionsErrorCode

  constructor(code: CacheVersionsErrorCode, message: string, options?: ErrorOptions) {
    super(`[cache-versions] ${message}`, options)
    this.code = code
  }
}
