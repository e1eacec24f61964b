import { createHash } from 'node:crypto'

const plain = /^[\t\x20-\x7e]*$/
const unsafe = /[^\t\x20-\x7e]+/g
const longest = 448
const shortened = /^.{448}~[0-9a-f]{64}$/

/**
 * Returns the tag as the log has it (`cache_tag_text` in functions.sql): what a header cannot carry is encoded, as Next
 * does (`server/lib/encode-header-safe.js`), and what is too long for an index is cut.
 */
export function tagText(tag: string): string {
  const encoded = plain.test(tag) ? tag : tag.toWellFormed().replace(unsafe, encodeURIComponent)
  if (encoded.length <= longest || shortened.test(encoded)) return encoded
  return `${encoded.slice(0, longest)}~${createHash('sha256').update(encoded).digest('hex')}`
}
