import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

export interface Balancer {
  stop(): Promise<void>
}

/** Hands each request to the next of the servers, as a proxy in front of an app does; the response names the server. */
export async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  let turn = 0
  const server = createServer((incoming, response) => {
    const target = ports[turn % ports.length] ?? 0
    turn += 1
    passOn(incoming, response, target)
  })
  server.listen(port)
  await once(server, 'listening')
  return {
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function passOn(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url: path, headers } = incoming
  const forwarded = { ...headers, 'x-forwarded-host': headers.host, 'x-forwarded-proto': 'http' }
  const outgoing = request({ host: 'localhost', port, method, path, headers: forwarded }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'x-served-by': String(port) })
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  outgoing.on('error', () => {
    if (response.headersSent) return response.destroy()
    response.writeHead(502, { 'content-type': 'text/plain' })
    response.end(`[cache-versions] The server at port ${port} does not answer. Look into its output.\n`)
  })
  response.on('close', () => outgoing.destroy())
  incoming.pipe(outgoing)
}
