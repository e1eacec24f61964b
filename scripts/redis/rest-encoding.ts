export type Encoding = 'base64' | 'text'

/** Integers and null travel raw; strings as base64 when the client asks for it, `OK` never. */
export function encodeReply(reply: unknown, encoding: Encoding): unknown {
  if (Array.isArray(reply)) return reply.map((item) => encodeReply(item, encoding))
  if (Buffer.isBuffer(reply)) return reply.toString(encoding === 'base64' ? 'base64' : 'utf8')
  if (typeof reply !== 'string' || reply === 'OK' || encoding === 'text') return reply
  return Buffer.from(reply).toString('base64')
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
