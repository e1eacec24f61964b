import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { EntryUnreadable } from './store.ts'

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)

// No JSON begins with either, so what another program stored there is hardly taken for an entry.
const plain = '='
const compressed = '~'

/** Shorter texts are faster sent than compressed. */
const minLength = 4096
/** More than any value that fits a request becomes, and a bound on what damaged bytes may become. */
const maxOutputLength = 256 * 1024 * 1024

/** Writes a text the way it is stored: compressed where that makes it smaller. */
export async function pack(text: string): Promise<string> {
  if (text.length < minLength) return plain + text
  const bytes = await compress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } })
  const packed = compressed + bytes.toString('base64')
  return packed.length <= Buffer.byteLength(text) ? packed : plain + text
}

/** Reads back what {@link pack} wrote. Rejects with {@link EntryUnreadable} for anything else. */
export async function unpack(packed: unknown): Promise<string> {
  if (typeof packed === 'string' && packed.startsWith(plain)) return packed.slice(plain.length)
  if (typeof packed === 'string' && packed.startsWith(compressed)) return unpackCompressed(packed)
  throw new EntryUnreadable('it is not in the form in which entries are stored')
}

async function unpackCompressed(packed: string): Promise<string> {
  try {
    const bytes = await decompress(Buffer.from(packed.slice(compressed.length), 'base64'), {
      maxOutputLength,
    })
    return bytes.toString()
  } catch (cause) {
    throw new EntryUnreadable('it cannot be decompressed', { cause })
  }
}
