/** The largest form to read, in bytes: a stranger sends it, and it holds one token. */
const maxBytes = 4096

/** Returns the URL-encoded form of a request, or `undefined` for one that is too long. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
