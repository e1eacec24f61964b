import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * How the way to a server is broken: it refuses, swallows everything, holds each piece of a reply back, answers with
 * other bytes, or cuts a reply after so many bytes.
 */
export type Trouble =
  | 'refused'
  | 'black-holed'
  | { readonly slowMilliseconds: number }
  | { readonly answer: string }
  | { readonly cutAfterBytes: number }

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
    client.pipe(upstream)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
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

function passReplies(upstream: Socket, client: Socket, trouble: Trouble | undefined): void {
  let passed = 0
  upstream.on('data', (chunk: Buffer) => {
    if (typeof trouble !== 'object' || 'answer' in trouble) return void client.write(chunk)
    if ('slowMilliseconds' in trouble) {
      setTimeout(() => client.write(chunk), trouble.slowMilliseconds)
      return
    }
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
