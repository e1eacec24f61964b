import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { EntryUnreadable } from '../stores/contract.ts'

// Not Brotli, which is smaller and slower to decompress: a few bytes of it can ask for a window of 16 MB.
const compress = promisify(deflate)
const decompress = promisify(inflate)

// No JSON begins with either, so another program's value is hardly taken for an entry.
const plain = '='
const compressed = '~'

/** Shorter texts are sent faster than compressed. */
const minLength = 4096
/**
 * The most times its own length that an entry may grow to; the format allows for a thousand.
 *
 * See docs/decisions/0016-entries-are-deflated-and-grow-at-most-32-times.md
 */
const mostTimes = 32
const chunkSize = 256 * 1024

/** Returns the text as it is stored: compressed if that makes it smaller. */
export async function pack(text: string): Promise<string> {
  if (text.length < minLength) return plain + text
  const bytes = await compress(text)
  const textLength = Buffer.byteLength(text)
  // Pad a text that compresses further than may be decompressed, with blanks, which base64 ignores.
  const packed = (compressed + bytes.toString('base64')).padEnd(Math.ceil(textLength / mostTimes))
  return packed.length <= textLength ? packed : plain + text
}

/**
 * Returns the text that {@link pack} wrote, at once if possible, if it has no more than so many bytes.
 *
 * @throws EntryUnreadable for any other text, or rejects with it.
 */
export function unpack(packed: unknown, maxBytes: number): string | Promise<string> {
  if (typeof packed === 'string' && packed.startsWith(plain)) return packed.slice(plain.length)
  if (typeof packed === 'string' && packed.startsWith(compressed)) return unpackCompressed(packed, maxBytes)
  throw new EntryUnreadable('it is not in the form in which entries are stored')
}

async function unpackCompressed(packed: string, maxBytes: number): Promise<string> {
  const maxOutputLength = Math.min(mostTimes * packed.length, maxBytes)
  try {
    const bytes = Buffer.from(packed.slice(compressed.length), 'base64')
    return (await decompress(bytes, { maxOutputLength, chunkSize })).toString()
  } catch (cause) {
    throw new EntryUnreadable('it cannot be decompressed', { cause })
  }
}
