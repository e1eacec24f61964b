import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What postgres.js made of the URL; there may be several hosts. */
interface Place {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

/**
 * Gives what postgres.js opens sockets with, so that each is known: postgres.js itself only asks the other side to
 * close, and a Postgres that no longer answers would keep the socket of each time-out open.
 */
export function dialer(opened: (socket: Socket) => void): (place: Place) => Promise<Socket> {
  let turn = 0
  return async ({ host, port, path }) => {
    let failure: unknown
    for (let attempt = 0; attempt < host.length; attempt += 1) {
      const index = turn++ % host.length
      const socket = path ? connect(path) : connect(Number(port[index]), host[index])
      opened(socket)
      try {
        // One of several that is silent must leave time for the others.
        await once(
          socket,
          'connect',
          host.length > 1 ? { signal: AbortSignal.timeout(1500 / host.length) } : {},
        )
        // For TLS, which checks the name, and for errors.
        return Object.assign(socket, { host: host[index], port: port[index] })
      } catch (error) {
        socket.destroy()
        failure = error
      }
    }
    throw failure
  }
}
