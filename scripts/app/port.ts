import { once } from 'node:events'
import { createServer } from 'node:net'

/** The port that was asked for, or from 3000 up the first that nobody listens on. */
export async function appPort(wished?: number): Promise<number> {
  if (wished === undefined) return freePort(3000)
  if (await isFree(wished)) return wished
  throw new Error(
    `[cache-versions] Port ${wished} is in use. Choose another with --port, or none to get a free one.`,
  )
}

async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) {
    if (await isFree(port)) return port
  }
  throw new Error(
    `[cache-versions] The ports ${first} to ${first + 99} are all in use. Choose one with --port.`,
  )
}

/** Asked without an address, as Next asks, which is all of them. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port)
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
