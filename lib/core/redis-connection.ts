import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Reply, ReplyError, replyReader, writeCommand } from './redis-protocol.ts'
import { startTimer } from './store-timer.ts'

/** One connection to a Redis, opened when it is needed, and again after it broke. */
export interface RedisConnection {
  /**
   * Sends the commands in one go, and gives their replies in order. Rejects when not all have come in time; the
   * connection is then closed, so that no late reply is ever taken for another's.
   */
  send(commands: readonly (readonly string[])[]): Promise<Reply[]>
}

export interface RedisConnectionOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. */
  readonly url: string
  readonly timeoutMilliseconds: number
}

interface Open {
  readonly socket: Socket
  readonly batches: Batch[]
  /** Waits until it is signed in, where that is needed. */
  ready?: Promise<void>
}

interface Batch {
  readonly count: number
  readonly replies: Reply[]
  resolve(replies: Reply[]): void
  reject(error: Error): void
}

export function redisConnection(options: RedisConnectionOptions): RedisConnection {
  const url = new URL(options.url)
  const address = `${url.hostname || 'localhost'}:${url.port || 6379}`
  let open: Open | undefined

  function close(connection: Open, reason: string, cause?: unknown): void {
    if (open === connection) open = undefined
    connection.socket.destroy()
    const error = new Error(`Redis at ${address} ${reason}`, { cause })
    for (const batch of connection.batches.splice(0)) batch.reject(error)
  }

  function start(): Open {
    const socket = openSocket(url)
    const connection: Open = { socket, batches: [] }
    const replies = replyReader()
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    socket.on('data', (chunk: Buffer) => {
      try {
        replies.add(chunk)
        for (let next = replies.next(); next; next = replies.next()) {
          settle(connection.batches, next.reply)
        }
      } catch (error) {
        close(connection, `answered with what cannot be read: ${(error as Error).message}`, error)
      }
      // An idle connection keeps no script from ending.
      if (connection.batches.length === 0) socket.unref()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      close(connection, `cannot be reached (${error.code ?? error.message})`, error)
    })
    socket.on('close', () => close(connection, 'closed the connection'))
    open = connection
    const commands = greeting(url)
    if (commands.length > 0) connection.ready = enter(connection, commands)
    return connection
  }

  /** Signs in and chooses the database; nothing else is sent before, or it might reach the wrong one. */
  async function enter(connection: Open, commands: string[][]): Promise<void> {
    const refusal = (await write(connection, commands)).find((reply) => reply instanceof ReplyError)
    if (!refusal) return
    close(connection, 'refuses the connection')
    throw new Error(`Redis at ${address} refuses the connection: ${refusal.message}`, { cause: refusal })
  }

  function write(connection: Open, commands: readonly (readonly string[])[]): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      connection.batches.push({ count: commands.length, replies: [], resolve, reject })
      connection.socket.ref()
      if (connection.socket.writableCorked === 0) {
        connection.socket.cork()
        process.nextTick(() => connection.socket.uncork())
      }
      connection.socket.write(commands.map(writeCommand).join(''))
    })
  }

  return {
    async send(commands) {
      const connection = open ?? start()
      const timer = startTimer(options.timeoutMilliseconds, () =>
        close(connection, `did not answer within ${options.timeoutMilliseconds} ms`),
      )
      try {
        if (connection.ready) await connection.ready
        return await write(connection, commands)
      } finally {
        timer.cancel()
      }
    },
  }
}

function settle(batches: Batch[], reply: Reply): void {
  const batch = batches[0]
  if (!batch) throw new Error('a reply that nobody asked for')
  batch.replies.push(reply)
  if (batch.replies.length < batch.count) return
  batches.shift()
  batch.resolve(batch.replies)
}

function openSocket(url: URL): Socket {
  // A URL writes the address of IPv6 in brackets, which is not part of it.
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost'
  const port = Number(url.port || 6379)
  return url.protocol === 'rediss:'
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
    : connectTcp({ host, port })
}

function greeting(url: URL): string[][] {
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  const database = url.pathname.slice(1)
  return [
    ...(password ? [['AUTH', ...(user ? [user] : []), password]] : []),
    ...(database && database !== '0' ? [['SELECT', database]] : []),
  ]
}
