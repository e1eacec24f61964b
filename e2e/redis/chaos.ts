import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { writeCommand } from '../../dist/values/redis/protocol.js'
import { commandReader } from './commands.ts'

/**
 * How the way to a server is broken: it refuses, swallows everything, holds each piece of a reply back, is narrow in
 * both directions, answers with other bytes, cuts a reply after so many bytes, or has each SET answered with an error.
 */
export type Trouble =
  | 'refused'
  | 'black-holed'
  | { readonly slowMilliseconds: number }
  | { readonly bytesPerMillisecond: number }
  | { readonly answer: string }
  | { readonly cutAfterBytes: number }
  | { readonly refusesToSet: string }

export interface Chaos {
  /** The address to give to clients. */
  readonly port: number
  /** Breaks the way, or with undefined mends it. What is connected is cut off in either case. */
  cause(trouble: Trouble | undefined): Promise<void>
  stop(): Promise<void>
}

/** Stands between clients and a server, and is in the way when told to be. */
export async function startChaos(target: number): Promise<Chaos> {
  const sockets = new Set<Socket>()
  let trouble: Trouble | undefined
  const server = createServer((client) => {
    track(sockets, client)
    if (trouble === 'black-holed') return void client.resume()
    if (typeof trouble === 'object' && 'answer' in trouble) {
      const { answer } = trouble
      return void client.on('data', () => client.write(answer))
    }
    const upstream = track(sockets, connect(target, '127.0.0.1'))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    if (typeof trouble === 'object' && 'bytesPerMillisecond' in trouble) {
      void passSlowly(client, upstream, trouble.bytesPerMillisecond)
      void passSlowly(upstream, client, trouble.bytesPerMillisecond)
      return
    }
    if (typeof trouble === 'object' && 'refusesToSet' in trouble) {
      passCommands(client, upstream, trouble.refusesToSet)
    } else client.pipe(upstream)
    passReplies(upstream, client, trouble)
  })
  const port = await listen(server, 0)
  return {
    port,
    async cause(next) {
      trouble = next
      for (const socket of sockets) socket.destroy()
      if (trouble === 'refused' && server.listening) await close(server)
      else if (trouble !== 'refused' && !server.listening) await listen(server, port)
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await close(server)
    },
  }
}

/** The server is made to answer with the error itself, so that the replies stay in order. */
function passCommands(client: Socket, upstream: Socket, error: string): void {
  const read = commandReader()
  client.on('data', (chunk: Buffer) => {
    for (const command of read(chunk)) {
      const isSet = command[0]?.toLowerCase() === 'set'
      upstream.write(writeCommand(isSet ? ['eval', `return {err = '${error}'}`, '0'] : command))
    }
  })
}

async function passSlowly(from: Socket, to: Socket, bytesPerMillisecond: number): Promise<void> {
  const step = 10
  const piece = step * bytesPerMillisecond
  try {
    for await (const chunk of from) {
      for (let at = 0; at < chunk.length; at += piece) {
        to.write(chunk.subarray(at, at + piece))
        await delay(step)
      }
    }
  } catch {
    // Whoever was cut off needs nothing more.
  }
}

function passReplies(upstream: Socket, client: Socket, trouble: Trouble | undefined): void {
  let passed = 0
  upstream.on('data', (chunk: Buffer) => {
    if (typeof trouble === 'object' && 'slowMilliseconds' in trouble) {
      setTimeout(() => client.write(chunk), trouble.slowMilliseconds)
      return
    }
    if (typeof trouble !== 'object' || !('cutAfterBytes' in trouble)) return void client.write(chunk)
    const rest = trouble.cutAfterBytes - passed
    passed += chunk.length
    if (chunk.length < rest) return void client.write(chunk)
    client.end(chunk.subarray(0, Math.max(0, rest)))
  })
}

function track(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
  return socket
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  await closed
}
