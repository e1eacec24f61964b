import { shownError } from './error-text.ts'

/**
 * A reply of Redis. An error is a value here, because it ends one command and not the connection. No command of ours is
 * answered with a list.
 */
export type Reply = string | number | null | ReplyError

/** An error reply, such as `OOM command not allowed`, in the words that may be shown. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

/** A reply that is longer than any command has requested. It is not read. */
export class ReplyTooLong extends Error {
  override readonly name = 'ReplyTooLong'

  constructor(server: string) {
    super(`${server} answered with more than it was asked for`)
  }
}

/** Returns a command in RESP, the protocol of Redis: a list of strings, each with its length in bytes. */
export function writeCommand(command: readonly string[]): string {
  let text = `*${command.length}\r\n`
  for (const part of command) text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`
  return text
}

export interface ReplyLimit {
  /** The server of the replies, for error messages. */
  readonly server: string
  readonly maxBytes: number
}

export interface ReplyReader {
  add(chunk: Buffer): void
  /**
   * Returns the next reply, or `undefined` while its rest is on the way. Throws when the bytes are not RESP, and {@link
   * ReplyTooLong} as soon as a reply announces too many bytes.
   */
  next(): { readonly reply: Reply } | undefined
  /** Whether part of a reply has arrived. */
  hasRest(): boolean
}

const longestLine = 8 * 1024
const empty = Buffer.alloc(0)

/** Returns a reader of replies of so many bytes at most, from bytes in whatever pieces they arrive. */
export function replyReader(limit: ReplyLimit): ReplyReader {
  let chunks: Buffer[] = []
  let length = 0
  let needed = 1

  return {
    add(chunk) {
      chunks.push(chunk)
      length += chunk.length
    },
    next() {
      if (length < needed) return undefined
      const bytes = chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, length)
      const read = readReply(bytes, limit)
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
    hasRest: () => length > 0,
  }
}

type Read = { readonly reply: Reply; readonly end: number } | { readonly needed: number }

function readReply(bytes: Buffer, limit: ReplyLimit): Read {
  const lineEnd = bytes.indexOf('\r\n')
  if (lineEnd < 0) {
    if (bytes.length > longestLine) throw notRedis()
    return { needed: bytes.length + 1 }
  }
  const line = bytes.toString('utf8', 1, lineEnd)
  const end = lineEnd + 2
  switch (bytes[0]) {
    case 0x2b: // +
      return { reply: line, end }
    case 0x2d: // -
      return { reply: new ReplyError(shownError(line)), end }
    case 0x3a: // :
      return { reply: integer(line), end }
    case 0x24: // $
      return readText(bytes, integer(line), end, limit)
    default:
      throw notRedis()
  }
}

function readText(bytes: Buffer, length: number, start: number, { server, maxBytes }: ReplyLimit): Read {
  if (length === -1) return { reply: null, end: start }
  if (length < 0) throw notRedis()
  if (length > maxBytes) throw new ReplyTooLong(server)
  const end = start + length
  if (bytes.length < end + 2) return { needed: end + 2 }
  if (bytes[end] !== 0x0d || bytes[end + 1] !== 0x0a) throw notRedis()
  return { reply: bytes.toString('utf8', start, end), end: end + 2 }
}

function integer(line: string): number {
  if (!/^-?\d{1,15}$/.test(line)) throw notRedis()
  return Number(line)
}

function notRedis(): Error {
  return new Error('the server does not speak the protocol of Redis')
}
