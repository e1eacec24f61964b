import { CacheVersionsError } from '../base/error.ts'

/**
 * Returns the tag when entries may carry it.
 *
 * @throws CacheVersionsError `invalid-name`.
 */
export function checkTag(tag: string): string {
  // Postgres has no text with a NUL, or with half of a character.
  if (typeof tag === 'string' && tag !== '' && !tag.includes('\0') && tag.isWellFormed()) return tag
  throw new CacheVersionsError(
    'invalid-name',
    `${JSON.stringify(tag) ?? String(tag)} is not a tag. Use a text of one character or more.`,
  )
}

/** Returns the seconds for which entries may be stale before they expire. */
export function checkExpireSeconds(seconds = 0): number {
  if (seconds >= 0) return seconds
  throw new CacheVersionsError(
    'invalid-argument',
    `${String(seconds)} is no number of seconds. Use 0, or the seconds for which entries may be stale, in expireSeconds.`,
  )
}
