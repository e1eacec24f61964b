import { createHash } from 'node:crypto'
import { headerSafe } from '../../base/header-safe.ts'

const longest = 448
const shortened = /^.{448}~[0-9a-f]{64}$/

/**
 * Returns the tag of an entry as the log has it (`cache_tag_text` in functions.sql): what a header cannot carry is encoded,
 * as Next does (`server/lib/encode-header-safe.js`), and what is too long for an index is cut.
 */
export function tagText(tag: string): string {
  const encoded = headerSafe(literalTag(tag))
  if (encoded.length <= longest || shortened.test(encoded)) return encoded
  return `${encoded.slice(0, longest)}~${createHash('sha256').update(encoded).digest('hex')}`
}

/**
 * Returns the tag so that a `*` at its end, or before a comma, stands for itself: whoever chooses a part of a tag must not
 * invalidate all that begin so.
 */
export function literalTag(tag: string): string {
  return tag.replace(/\*(?=,|$)/g, '%2A')
}
