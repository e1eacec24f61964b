/** What Redis replies: an error is a value here, for it ends one command and not the connection. */
export type Reply = string | number | null | ReplyError | Reply[]

/** An error that Redis replied with, such as `OOM command not allowed`. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

/** Writes a command in RESP, the protocol of Redis: a list of strings, each with its length in bytes. */
export function writeCommand(command: readonly string[]): string {
  let text = `*${command.length}\r\n`
  for (const part of command) text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`
  return text
}

const longestLine = 64 * 1024
const empty = Buffer.alloc(0)

/** Reads replies out of bytes as they arrive, in whatever pieces. */
export function replyReader(): { add(chunk: Buffer): void; next(): { readonly reply: Reply } | undefined } {
  let chunks: Buffer[] = []
  let length = 0
  let needed = 1

  return {
    add(chunk) {
      chunks.push(chunk)
      length += chunk.length
    },
    /** Undefined while the rest of the reply is on its way. Throws when the bytes are not what Redis sends. */
    next() {
      if (length < needed) return undefined
      const bytes = chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, length)
      const read = readReply(bytes, 0)
      if ('needed' in read) {
        chunks = [bytes]
        needed = read.needed
        return undefined
      }
      const rest = bytes.subarray(read.end)
      chunks = rest.length > 0 ? [rest] : []
      length = rest.length
      needed = 1
      return { reply: read.reply }
    },
  }
}

type Read = { readonly reply: Reply; readonly end: number } | { readonly needed: number }

function readReply(bytes: Buffer, start: number): Read {
  const lineEnd = bytes.indexOf('\r\n', start)
  if (lineEnd < 0) {
    if (bytes.length - start > longestLine) throw new Error('the server does not speak the protocol of Redis')
    return { needed: bytes.length + 1 }
  }
  const line = bytes.toString('utf8', start + 1, lineEnd)
  const end = lineEnd + 2
  switch (bytes[start]) {
    case 0x2b: // +
      return { reply: line, end }
    case 0x2d: // -
      return { reply: new ReplyError(line), end }
    case 0x3a: // :
      return { reply: integer(line), end }
    case 0x24: // $
      return readText(bytes, integer(line), end)
    case 0x2a: // *
      return readList(bytes, integer(line), end)
    default:
      throw new Error('the server does not speak the protocol of Redis')
  }
}

function readText(bytes: Buffer, length: number, start: number): Read {
  if (length < 0) return { reply: null, end: start }
  const end = start + length
  if (bytes.length < end + 2) return { needed: end + 2 }
  return { reply: bytes.toString('utf8', start, end), end: end + 2 }
}

function readList(bytes: Buffer, count: number, start: number): Read {
  if (count < 0) return { reply: null, end: start }
  const replies: Reply[] = []
  let end = start
  while (replies.length < count) {
    const read = bytes.length > end ? readReply(bytes, end) : { needed: end + 1 }
    if ('needed' in read) return read
    replies.push(read.reply)
    end = read.end
  }
  return { reply: replies, end }
}

function integer(line: string): number {
  if (!/^-?\d{1,15}$/.test(line)) throw new Error('the server does not speak the protocol of Redis')
  return Number(line)
}
