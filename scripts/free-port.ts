import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * Returns the first of the wished ports that nobody listens on, else any free one. Without a host it is free at every
 * address.
 */
export async function freePort(wished: Iterable<number> = [], host?: string): Promise<number> {
  for (const port of [...wished, 0]) {
    const server = createServer()
    try {
      server.listen({ port, host })
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch {
      // Somebody listens there.
    } finally {
      server.close()
    }
  }
  throw new Error('[cache-versions] No port of this machine is free. Stop a program that listens.')
}
