import { parse, stringify } from 'devalue'
import type { CacheHandlerValue } from '../../internals/types.ts'

/** Returns a page, the response of a route handler or of fetch as text. */
export function writePage(data: CacheHandlerValue): string {
  return stringify(data, { bytes: (value) => Buffer.isBuffer(value) && textOf(value) })
}

/** Returns what {@link writePage} wrote, buffers byte for byte. Throws for any other text. */
export function readPage(text: string): CacheHandlerValue {
  const data = parse(text, { bytes: bytesOf })
  if (typeof data?.lastModified !== 'number' || typeof data.value?.kind !== 'string') {
    throw new Error('it describes no page')
  }
  return data
}

/** Most buffers are text; others would not come back unchanged. */
function textOf(bytes: Buffer): [BufferEncoding, string] {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? ['utf8', text] : ['base64', bytes.toString('base64')]
}

function bytesOf([encoding, text]: [BufferEncoding, string]): Buffer {
  return Buffer.from(text, encoding)
}
