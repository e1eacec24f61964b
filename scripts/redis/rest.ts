import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient, RESP_TYPES } from 'redis'
import { type Encoding, encodeReply, errorText } from './rest-encoding.ts'
import { subscribe } from './rest-subscribe.ts'

export interface RestOptions {
  readonly redisUrl: string
  readonly token: string
  readonly port?: number
  /** What Upstash's plan allows a request to weigh; the free one 1 MB. */
  readonly maxRequestBytes?: number
}

export interface Rest {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Serves Upstash's REST protocol over a real Redis, for tests and for work without an account: `/`, `/pipeline`,
 * `/multi-exec`, `/subscribe/<channel>` and `/psubscribe/<pattern>`, with and without base64.
 */
export async function startRest(options: RestOptions): Promise<Rest> {
  const redis = await connect(options.redisUrl)
  const server = createServer((request, response) => {
    answer(redis, options, request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { error: `ERR ${errorText(error)}` })
      else response.destroy()
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server, redis) }
}

type Connection = Awaited<ReturnType<typeof connect>>

async function connect(url: string) {
  const client = createClient({ url, RESP: 2, disableOfflineQueue: true })
  client.on('error', () => {})
  await client.connect()
  // Values are bytes: decoding them here would lose what is not UTF-8.
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
}

async function answer(
  redis: Connection,
  options: RestOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAuthorized(request, options.token)) {
    return send(response, 401, { error: 'WRONGPASS invalid or missing auth token' })
  }
  const [, verb = '', ...rest] = (request.url ?? '/').split('?')[0]?.split('/').map(decodeURIComponent) ?? []
  if (verb === 'subscribe' || verb === 'psubscribe') {
    return subscribe({ url: options.redisUrl, verb, names: rest, request, response })
  }
  const limit = options.maxRequestBytes ?? 1024 * 1024
  const body = await read(request, limit)
  if (typeof body === 'number') {
    const error = `ERR max request size exceeded. Limit: ${limit} bytes, Actual: ${body} bytes`
    return send(response, 400, { error })
  }
  const commands = parseCommands(verb, body)
  if (!commands) return send(response, 400, { error: 'ERR failed to parse command' })
  const encoding: Encoding = request.headers['upstash-encoding'] === 'base64' ? 'base64' : 'text'
  // A real one names a state of its replicas here; one Redis is always in step with itself.
  response.setHeader('upstash-sync-token', 'a')
  if (verb === 'pipeline') return send(response, 200, await pipeline(redis, commands, encoding))
  if (verb === 'multi-exec') return transaction(redis, commands, encoding, response)
  const [only] = await pipeline(redis, commands, encoding)
  send(response, only && 'error' in only ? 400 : 200, only)
}

type Item = { result: unknown } | { error: string }

async function pipeline(redis: Connection, commands: string[][], encoding: Encoding): Promise<Item[]> {
  // Sent in one go, so Redis runs them in order.
  const replies = await Promise.allSettled(commands.map((command) => redis.sendCommand(command)))
  return replies.map((reply) =>
    reply.status === 'fulfilled' ? itemOf(reply.value, encoding) : { error: errorText(reply.reason) },
  )
}

async function transaction(
  redis: Connection,
  commands: string[][],
  encoding: Encoding,
  response: ServerResponse,
): Promise<void> {
  // Nothing of another request comes between what is written in the same tick.
  const queued = [['MULTI'], ...commands, ['EXEC']].map((command) => redis.sendCommand(command))
  const exec = (await Promise.allSettled(queued)).at(-1)
  if (exec?.status !== 'fulfilled') return send(response, 400, { error: errorText(exec?.reason) })
  const replies = exec.value as unknown as unknown[]
  send(
    response,
    200,
    replies.map((reply) => itemOf(reply, encoding)),
  )
}

function itemOf(reply: unknown, encoding: Encoding): Item {
  return reply instanceof Error ? { error: errorText(reply) } : { result: encodeReply(reply, encoding) }
}

function parseCommands(verb: string, body: string): string[][] | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    const list = verb === '' ? [parsed] : parsed
    if (!Array.isArray(list) || !list.every((command) => Array.isArray(command) && command.length > 0)) return
    return list.map((command: unknown[]) => command.map(String))
  } catch {
    return undefined
  }
}

/** The body, or how many bytes it had when those were too many. */
async function read(request: IncomingMessage, limit: number): Promise<string | number> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= limit) chunks.push(chunk)
  }
  return bytes > limit ? bytes : Buffer.concat(chunks).toString()
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

async function stop(server: Server, redis: Connection): Promise<void> {
  redis.destroy()
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
