/**
 * Where `cached()` keeps values. A store is a plain map of text with expiry: it knows nothing of versions, which are
 * part of the keys it is given, and it is never asked to remove anything.
 */
export interface Store {
  /** The name shown to people, such as `memory`. */
  readonly name: string
  /** Gives the text stored under the key, or `undefined` when there is none, it has expired, or it was evicted. */
  get(key: string): Promise<string | undefined>
  /** Stores the text for so many seconds. It may be evicted earlier. */
  set(key: string, text: string, ttlSeconds: number): Promise<void>
  /** Removes one key: for the store's own upkeep, never to invalidate. */
  delete(key: string): Promise<void>
}
