import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Late, startTimer } from '../../base/timer.ts'
import { type RedisAddress, redisAddress } from './address.ts'
import { type Reply, ReplyError, ReplyTooLong, replyReader, writeCommand } from './protocol.ts'

/**
 * One connection to a Redis, opened at its first use, and again after it broke.
 *
 * See docs/decisions/0014-a-plain-redis-needs-no-client-library.md
 */
export interface RedisConnection {
  /**
   * Sends the commands at once, and returns their replies in order. Rejects with {@link Late} when not all have arrived
   * in time, and with {@link ReplyTooLong} when one is longer than allowed. Either closes the connection, so that no
   * late reply is taken for another command's, and no unexpected one is kept.
   */
  send(commands: readonly (readonly string[])[]): Promise<Reply[]>
}

export interface RedisConnectionOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. */
  readonly url: string
  readonly timeoutMilliseconds: number
  /** The longest text that a command can request here. */
  readonly maxReplyBytes: number
}

interface Open {
  readonly socket: Socket
  readonly batches: Batch[]
  /** Settles when the connection is signed in, if needed. */
  ready?: Promise<void>
}

interface Batch {
  readonly count: number
  readonly replies: Reply[]
  resolve(replies: Reply[]): void
  reject(error: Error): void
}

export function redisConnection(options: RedisConnectionOptions): RedisConnection {
  const address = redisAddress(options.url)
  const server = `Redis at ${address.host}:${address.port}`
  let open: Open | undefined

  function close(connection: Open, error: Error): void {
    if (open === connection) open = undefined
    connection.socket.destroy()
    for (const batch of connection.batches.splice(0)) batch.reject(error)
  }

  function start(): Open {
    const socket = openSocket(address)
    const connection: Open = { socket, batches: [] }
    const replies = replyReader({ server, maxBytes: options.maxReplyBytes })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    socket.on('data', (chunk: Buffer) => {
      try {
        replies.add(chunk)
        for (let next = replies.next(); next; next = replies.next()) {
          settle(connection.batches, next.reply)
        }
        // Bytes that nobody has requested would be kept until somebody reads them.
        if (connection.batches.length === 0 && replies.hasRest()) throw unasked()
      } catch (error) {
        close(connection, unreadable(server, error as Error))
      }
      // Let a script end while the connection is idle.
      if (connection.batches.length === 0) socket.unref()
    })
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      close(connection, new Error(`${server} cannot be reached (${cause.code ?? cause.message})`, { cause }))
    })
    socket.on('close', () => close(connection, closed(server)))
    open = connection
    if (address.greeting.length > 0) connection.ready = enter(connection)
    return connection
  }

  /** Signs in and selects the database. No other command is sent before, or it might reach the wrong one. */
  async function enter(connection: Open): Promise<void> {
    const refusal = (await write(connection, address.greeting)).find((reply) => reply instanceof ReplyError)
    if (!refusal) return
    const error = new Error(`${server} refuses the connection: ${refusal.message}`, { cause: refusal })
    close(connection, error)
    throw error
  }

  function write(connection: Open, commands: readonly (readonly string[])[]): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (connection.socket.destroyed) return reject(closed(server))
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
        close(connection, new Late(`${server} did not answer within ${options.timeoutMilliseconds} ms`)),
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
  if (!batch) throw unasked()
  batch.replies.push(reply)
  if (batch.replies.length < batch.count) return
  batches.shift()
  batch.resolve(batch.replies)
}

function openSocket({ host, port, secure }: RedisAddress): Socket {
  return secure
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
    : connectTcp({ host, port })
}

function unasked(): Error {
  return new Error('a reply that nobody asked for')
}

function unreadable(server: string, cause: Error): Error {
  if (cause instanceof ReplyTooLong) return cause
  return new Error(`${server} answered with what cannot be read: ${cause.message}`, { cause })
}

function closed(server: string): Error {
  return new Error(`${server} closed the connection`)
}
