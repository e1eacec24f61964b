import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { text as readText } from 'node:stream/consumers'
import type { Requester, UpstashRequest, UpstashResponse } from '@upstash/redis'
import { startTimer } from './store-timer.ts'

export interface RestOptions {
  readonly url: string
  readonly token: string
  readonly timeoutMilliseconds: number
}

/**
 * Sends the commands of the client of Upstash over REST. The client's own transport is `fetch`, which Next replaces: in
 * a prerender the request would count as the page's, and hang. It also puts values into the messages of its errors,
 * and asks again after it failed.
 */
export function restRequester({ url, token, timeoutMilliseconds }: RestOptions): Requester {
  const base = new URL(url.endsWith('/') ? url : `${url}/`)
  const secure = base.protocol === 'https:'
  const request = secure ? requestHttps : requestHttp
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  let syncToken = ''

  function post(path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'upstash-sync-token': syncToken,
      }
      const sent = request(new URL(path, base), { method: 'POST', agent, headers })
      let answered = false
      const fail = (reason: string, cause?: unknown) => {
        sent.destroy()
        reject(new Failure(`Redis at ${base.host} ${reason}`, sent.reusedSocket && !answered, cause))
      }
      const timer = startTimer(timeoutMilliseconds, () =>
        fail(`did not answer within ${timeoutMilliseconds} ms`),
      )
      sent.on('close', () => timer.cancel())
      sent.on('error', (error: NodeJS.ErrnoException) =>
        fail(`cannot be reached (${error.code ?? error.message})`, error),
      )
      sent.on('response', (response) => {
        answered = true
        readResponse(response).then(
          (answer) => {
            syncToken = String(response.headers['upstash-sync-token'] ?? '')
            resolve(answer)
          },
          (error: Error) => fail(error.message, error),
        )
      })
      sent.end(body)
    })
  }

  return {
    async request<T>({ path = [], body }: UpstashRequest) {
      const [where, what] = [path.join('/'), JSON.stringify(body)]
      const answer = await post(where, what).catch((error: Failure) => {
        // The server closed an idle connection in the moment in which it was used: nothing was received.
        if (error.wasClosedBefore && isReset(error.cause)) return post(where, what)
        throw error
      })
      return parse(answer, base.host) as UpstashResponse<T>
    },
  }
}

class Failure extends Error {
  /** It happened on a connection that was open already, before anything was answered. */
  readonly wasClosedBefore: boolean

  constructor(message: string, wasClosedBefore: boolean, cause: unknown) {
    super(message, { cause })
    this.wasClosedBefore = wasClosedBefore
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

async function readResponse(response: IncomingMessage): Promise<string> {
  const answer = await readText(response).catch((cause: unknown) => {
    throw new Error('cut its answer off', { cause })
  })
  const status = response.statusCode ?? 0
  // What is wrong with a command is in the body; anything else is not an answer of Redis.
  if (status === 200 || status === 400) return answer
  throw new Error(`answered with status ${status}${status === 401 ? ': the token is not accepted' : ''}`)
}

function parse(answer: string, host: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    // The error of JSON.parse holds what may be a value.
    throw new Error(`Redis at ${host} answered with what is not JSON`)
  }
}
