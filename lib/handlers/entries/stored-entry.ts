import type { CacheEntry } from '../../internals/types.ts'

type Description = Omit<CacheEntry, 'value'> & { readonly encoding: BufferEncoding }

/** Returns an entry of `'use cache'` as text. Rejects when its stream breaks: half a value is no value. */
export async function writeEntry({ value, ...rest }: CacheEntry): Promise<string> {
  const bytes = await readStream(value)
  const text = bytes.toString('utf8')
  // Most values are text; others would not come back unchanged.
  const encoding = Buffer.from(text).equals(bytes) ? 'utf8' : 'base64'
  const description: Description = { ...rest, encoding }
  return `${JSON.stringify(description)}\n${encoding === 'utf8' ? text : bytes.toString('base64')}`
}

/**
 * Returns the entry that {@link writeEntry} wrote, byte for byte, with a stream of its own. Throws for any other text.
 */
export function readEntry(text: string): CacheEntry {
  const end = text.indexOf('\n')
  const { encoding, ...rest }: Description = JSON.parse(text.slice(0, end))
  if (!Array.isArray(rest.tags) || typeof rest.timestamp !== 'number')
    throw new Error('it describes no entry')
  const bytes = Buffer.from(text.slice(end + 1), encoding)
  const value = new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes))
      controller.close()
    },
  })
  return { ...rest, value }
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    chunks.push(value)
  }
}
