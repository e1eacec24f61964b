import { brotliCompressSync, constants, deflateSync } from 'node:zlib'

/** Entries that look like our own: some hundred bytes that Brotli makes 300 MB of, and 130 kB that become 100 MB. */
export function makeBombs(): string[] {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_LGWIN]: 24 }
  const brotli = brotliCompressSync(Buffer.alloc(300_000_000), { params })
  return [brotli, deflateSync(Buffer.alloc(100_000_000))].map((bytes) => `~${bytes.toString('base64')}`)
}
