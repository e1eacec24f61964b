/**
 * Where `cached()` keeps values. A store is a plain map of text with expiry: it knows nothing of versions, which are
 * part of the keys it is given, and it is never asked to remove anything.
 */
export interface Store {
  /** The name shown to people, such as `memory`. */
  readonly name: string
  /**
   * How long one call of `cached()` may wait for this store in all, in milliseconds. A store that gives it is never in
   * the way: what fails or is late is a miss, and while it fails it is left alone. Without it, what the store throws
   * reaches the caller.
   */
  readonly budgetMilliseconds?: number
  /** Given by a store that servers share, so that a value that several of them miss is loaded by one. */
  readonly leases?: Leases
  /**
   * Gives the text stored under the key, or `undefined` when there is none, it has expired, or it was evicted. Rejects
   * with {@link EntryUnreadable} for what `set` never stored, and with {@link EntryTooLarge} for what is too large to
   * be given in time.
   */
  get(key: string): Promise<string | undefined>
  /**
   * Stores the text for so many seconds. It may be evicted earlier. Resolves only when it is stored; rejects with
   * {@link EntryTooLarge} what this store does not take.
   */
  set(key: string, text: string, ttlSeconds: number): Promise<void>
}

/** The right to load the value of a key, held by one of the servers that miss it, until a time is over. */
export interface Leases {
  /**
   * Takes the lease on the key unless it is held, and after that looks the key up: what the last holder has stored is
   * found by whoever takes the lease next. `token` is unique to the caller.
   */
  take(key: string, token: string, milliseconds: number): Promise<LeaseAnswer>
  /** Ends the lease if it is still held with this token. */
  release(key: string, token: string): Promise<void>
}

export interface LeaseAnswer {
  readonly taken: boolean
  readonly text: string | undefined
}

/** An entry that is there and is none of ours, or damaged: a miss, and no failure of the store. */
export class EntryUnreadable extends Error {
  override readonly name = 'EntryUnreadable'
}

/** An entry that the store neither takes nor gives for its size, which is no failure of the store. */
export class EntryTooLarge extends Error {
  override readonly name = 'EntryTooLarge'
}

// By name: Next loads this package several times a process, so the class of an error may be that of another copy.

export function isUnreadable(error: unknown): error is EntryUnreadable {
  return error instanceof Error && error.name === 'EntryUnreadable'
}

export function isTooLarge(error: unknown): error is EntryTooLarge {
  return error instanceof Error && error.name === 'EntryTooLarge'
}

/** Whether it says something of one entry, and not of the store. */
export function isAboutEntry(error: unknown): error is EntryTooLarge | EntryUnreadable {
  return isTooLarge(error) || isUnreadable(error)
}
