/**
 * A store of values for `cached()`: a plain map of text with expiry. It knows nothing of versions, which are part of
 * the keys, and is never asked to remove an entry.
 */
export interface Store {
  /** The name shown to people, such as `memory`. */
  readonly name: string
  /**
   * The longest that one call of `cached()` may wait for this store in all, in milliseconds. With a budget, a failed or
   * late command is a miss, and a failing store is bypassed. Without it, the store's errors reach the caller.
   */
  readonly budgetMilliseconds?: number
  /** Set by a store that servers share, so that a value that several of them miss is loaded by one. */
  readonly claims?: Claims
  /**
   * Returns the text stored under the key, or `undefined` when there is none, it has expired, or it was evicted.
   * Rejects with {@link EntryUnreadable} for a text that `set` never stored, and with {@link EntryTooLarge} for one
   * that is too large to arrive in time.
   */
  get(key: string): Promise<string | undefined>
  /**
   * Stores the text for so many seconds. It may be evicted earlier. Resolves only when it is stored. Rejects with
   * {@link EntryTooLarge} for a text that this store does not take.
   */
  set(key: string, text: string, ttlSeconds: number): Promise<void>
}

/** The right to load the value of a key, held by one of the servers that miss it, until a time is over. */
export interface Claims {
  /**
   * Takes the claim on the key unless it is held, and then looks up the key: the next holder finds the text that the
   * last holder has stored. `token` is unique to the caller.
   */
  take(key: string, token: string, milliseconds: number): Promise<ClaimAnswer>
  /** Ends the claim if it is still held with this token. */
  release(key: string, token: string): Promise<void>
}

export interface ClaimAnswer {
  readonly taken: boolean
  readonly text: string | undefined
}

/** An entry that exists but is damaged, or another program's: a miss, not a failure of the store. */
export class EntryUnreadable extends Error {
  override readonly name = 'EntryUnreadable'
}

/** An entry that is too large for the store: a miss, not a failure of the store. */
export class EntryTooLarge extends Error {
  override readonly name = 'EntryTooLarge'
}

// Compared by name: Next loads this package several times a process, so the class may be another copy's.

export function isUnreadable(error: unknown): error is EntryUnreadable {
  return error instanceof Error && error.name === 'EntryUnreadable'
}

export function isTooLarge(error: unknown): error is EntryTooLarge {
  return error instanceof Error && error.name === 'EntryTooLarge'
}

/** Whether the error concerns one entry, and not the store. */
export function isAboutEntry(error: unknown): error is EntryTooLarge | EntryUnreadable {
  return isTooLarge(error) || isUnreadable(error)
}
