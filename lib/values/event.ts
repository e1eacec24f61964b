/**
 * A `hit` came from the store; a `miss` was loaded by this call, a `join` by another call under way, here or on another
 * server.
 */
export interface CachedEvent {
  readonly type: 'hit' | 'miss' | 'join'
  readonly key: string
  readonly store: string
}

/** The caller got the value of the previous version, as only callers with `staleWhileRevalidateSeconds` do. */
export interface StaleEvent {
  readonly type: 'stale'
  readonly key: string
  readonly store: string
}
