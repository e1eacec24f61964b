import { EntryTooLarge, EntryUnreadable, isAboutEntry } from '../stores/contract.ts'
import { shownName } from '../stores/name.ts'

export function tooLarge(name: string, bytes: number, maxBytes: number): EntryTooLarge {
  return new EntryTooLarge(
    `The entry "${shownName(name)}" has ${bytes} bytes as it is sent, and Redis takes ${maxBytes}. Store less, or raise CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES to what your plan allows.`,
  )
}

/**
 * Returns the error for a large entry that did not pass: it says nothing about the store, unless Redis itself refused
 * it.
 */
export function notPassed(name: string, cause: Error): Error {
  if (cause.name === 'UpstashError' || isAboutEntry(cause)) return cause
  return new EntryTooLarge(
    `The entry "${shownName(name)}" is large and does not pass (${cause.message}). Store less, or raise CACHE_VERSIONS_REDIS_BUDGET_MS or, where it is too long, CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES.`,
    { cause },
  )
}

/** Returns the error for an unexpected answer to a read, such as a list: it says nothing about the store. */
export function notRead(cause: Error): Error {
  return isOfAnotherKind(cause.message)
    ? new EntryUnreadable('it is a list or the like, which entries are not')
    : cause
}

export function isOfAnotherKind(error: string): boolean {
  return error.includes('WRONGTYPE')
}
