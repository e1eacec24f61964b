import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createClient } from 'redis'

/** Passes messages on as server-sent events, on a connection of its own, until the client goes. */
export async function subscribe(options: {
  url: string
  verb: 'subscribe' | 'psubscribe'
  names: readonly string[]
  request: IncomingMessage
  response: ServerResponse
}): Promise<void> {
  const { verb, names, response } = options
  const client = createClient({ url: options.url, RESP: 2 })
  client.on('error', () => response.destroy())
  const closed = once(response, 'close')
  await client.connect()
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const tell = (...fields: readonly (string | number)[]) => response.write(`data: ${fields.join(',')}\n\n`)
  for (const [index, name] of names.entries()) {
    if (verb === 'subscribe') {
      await client.subscribe(name, (message, channel) => tell('message', channel, message))
    } else {
      await client.pSubscribe(name, (message, channel) => tell('pmessage', name, channel, message))
    }
    tell(verb, name, index + 1)
  }
  await closed
  client.destroy()
}
