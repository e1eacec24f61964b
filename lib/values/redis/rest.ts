import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { Requester, UpstashRequest, UpstashResponse } from '@upstash/redis'
import { Late, startTimer } from '../../base/timer.ts'
import { shownError } from './error-text.ts'
import { ReplyTooLong } from './protocol.ts'

export interface RestOptions {
  readonly url: string
  readonly token: string
  readonly timeoutMilliseconds: number
  /** The longest text that a command can request here. */
  readonly maxReplyBytes: number
}

/** The longest form of a character in JSON, `\u0000`. */
const escapedLength = 6
/** The bytes around the texts of an answer. */
const overheadBytes = 1024

/**
 * Returns the transport of Upstash's client over REST. Its own transport is `fetch`, which Next replaces
 * (`patch-fetch.js`): in a prerender the request would count as the page's, and hang. It also repeats failed requests,
 * and puts values into its error messages.
 *
 * See docs/decisions/0018-rest-goes-over-node-http.md
 */
export function restRequester({ url, token, timeoutMilliseconds, maxReplyBytes }: RestOptions): Requester {
  const base = new URL(url.endsWith('/') ? url : `${url}/`)
  const server = `Redis at ${base.host}`
  const secure = base.protocol === 'https:'
  const request = secure ? requestHttps : requestHttp
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  let syncToken = ''
  // Node reads and drops bytes that nobody has requested, however many.
  agent.on('free', (socket: Socket) => socket.on('data', destroy))

  function post(path: string, body: string, maxBytes: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'upstash-sync-token': syncToken,
      }
      const sent = request(new URL(path, base), { method: 'POST', agent, headers })
      let answered = false
      const fail = (error: Error) => {
        sent.destroy()
        reject(error)
      }
      const timer = startTimer(timeoutMilliseconds, () =>
        fail(new Late(`${server} did not answer within ${timeoutMilliseconds} ms`)),
      )
      sent.on('socket', (socket) => socket.off('data', destroy))
      sent.on('close', () => timer.cancel())
      // Without the cause: Node keeps the bytes there that it could not parse, which may be a value.
      sent.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        const reason = `${server} cannot be reached (${code ?? message})`
        // The server closed an idle connection at the moment of its use: it received nothing.
        const wasClosedBefore = (code === 'ECONNRESET' || code === 'EPIPE') && sent.reusedSocket && !answered
        fail(wasClosedBefore ? new ClosedBefore(reason) : new Error(reason))
      })
      sent.on('response', (response) => {
        answered = true
        readResponse(response, server, maxBytes).then((answer) => {
          syncToken = String(response.headers['upstash-sync-token'] ?? '')
          resolve(answer)
        }, fail)
      })
      sent.end(body)
    })
  }

  return {
    async request<T>({ path = [], body }: UpstashRequest) {
      const [where, what] = [path.join('/'), JSON.stringify(body)]
      const commands = where === 'pipeline' ? (body as unknown[]).length : 1
      const maxBytes = commands * (escapedLength * maxReplyBytes + overheadBytes)
      const answer = await post(where, what, maxBytes).catch((error: unknown) => {
        if (error instanceof ClosedBefore) return post(where, what, maxBytes)
        throw error
      })
      return parse(answer, server) as UpstashResponse<T>
    },
  }
}

function destroy(this: Socket): void {
  this.destroy()
}

/** The connection was open already and broke before any answer. */
class ClosedBefore extends Error {}

async function readResponse(response: IncomingMessage, server: string, maxBytes: number): Promise<string> {
  const answer = await readBody(response, server, maxBytes)
  const status = response.statusCode ?? 0
  // The body says what is wrong with a command; any other status is no answer of Redis.
  if (status === 200 || status === 400) return answer
  throw new Error(
    `${server} answered with status ${status}${status === 401 ? ': the token is not accepted' : ''}`,
  )
}

async function readBody(response: IncomingMessage, server: string, maxBytes: number): Promise<string> {
  if (Number(response.headers['content-length']) > maxBytes) throw new ReplyTooLong(server)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) throw new ReplyTooLong(server)
    }
  } catch (error) {
    throw error instanceof ReplyTooLong ? error : new Error(`${server} cut its answer off`)
  }
  return Buffer.concat(chunks).toString()
}

interface Answer {
  error?: unknown
}

function parse(text: string, server: string): unknown {
  let answer: Answer | Answer[] | null
  try {
    answer = JSON.parse(text)
  } catch {
    // The error of JSON.parse contains part of the body, which may be a value.
    throw new Error(`${server} answered with what is not JSON`)
  }
  for (const one of Array.isArray(answer) ? answer : [answer]) {
    if (one?.error) one.error = shownError(String(one.error))
  }
  return answer
}
