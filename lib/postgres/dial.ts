import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** The URL as postgres.js has parsed it; there may be several hosts. */
interface Place {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

/**
 * Returns the function by which postgres.js opens sockets, so that we know each. postgres.js itself only asks the other
 * side to close: a frozen Postgres would keep one socket open for each timeout.
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
