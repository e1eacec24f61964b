import type { Requester, UpstashRequest, UpstashResponse } from '@upstash/redis'
import { type RedisConnection, type RedisConnectionOptions, redisConnection } from './connection.ts'
import { type Reply, ReplyError } from './protocol.ts'

/**
 * Returns the transport by which Upstash's client talks to a plain Redis or Valkey.
 *
 * See docs/decisions/0014-a-plain-redis-needs-no-client-library.md
 */
export function redisRequester(options: RedisConnectionOptions): Requester {
  const connection = redisConnection(options)
  return {
    async request<T>({ path, body }: UpstashRequest) {
      const result = await run(connection, path?.[0], body as unknown[])
      return result as UpstashResponse<T>
    },
  }
}

async function run(connection: RedisConnection, path: string | undefined, body: unknown[]): Promise<unknown> {
  if (path === 'pipeline') return (await connection.send((body as unknown[][]).map(commandOf))).map(answerOf)
  if (path === undefined) {
    const [reply = null] = await connection.send([commandOf(body)])
    return answerOf(reply)
  }
  throw new Error(`Redis has no "${path}" here`)
}

function commandOf(parts: unknown[]): string[] {
  return parts.map(String)
}

function answerOf(reply: Reply): { result: Reply } | { error: string } {
  return reply instanceof ReplyError ? { error: reply.message } : { result: reply }
}
