import { cached, memoryStore, redisStore, type Store } from 'next-cache-versions'
import { type RedisClients, redisClients } from '../../dist/values/redis/client.js'
import { redisRequester } from '../../dist/values/redis/requester.js'
import { restRequester } from '../../dist/values/redis/rest.js'

/** Something whose hits, and misses, are timed. */
export interface Subject {
  readonly name: string
  hit(): Promise<unknown>
  /** Asks for a value that was never asked for. */
  miss?(): Promise<unknown>
  /** The same GET with nothing around it. */
  readonly bare?: Subject
}

/** What an app keeps: some dozens of fields. */
export const value = {
  name: 'permissions of a group',
  rows: Array.from({ length: 20 }, (_, id) => ({
    id,
    title: `category ${id}`,
    mayRead: true,
    mayWrite: id % 2 === 0,
  })),
}

const options = { namespace: 'bench', codeVersion: 'bench', budgetMilliseconds: 5000 }

/** cached() in each store, each beside the GET of the same entry through the same client. */
export function subjects(redisUrl: string, restUrl: string): Subject[] {
  const limits = { timeoutMilliseconds: 5000, maxReplyBytes: 32 * 1024 }
  const plain = redisClients(redisRequester({ url: redisUrl, ...limits }), false)
  const rest = redisClients(restRequester({ url: restUrl, token: 'bench', ...limits }), true)
  const bareInRedis = bare('bare GET and JSON.parse, the same client', plain)
  const bareOverRest = bare('bare GET and JSON.parse over REST, the same client', rest)
  return [
    ofStore('cached() in memory', memoryStore()),
    { ...ofStore('cached() in Redis', redisStore({ url: redisUrl, ...options })), bare: bareInRedis },
    bareInRedis,
    {
      ...ofStore('cached() over REST', redisStore({ url: restUrl, token: 'bench', ...options })),
      bare: bareOverRest,
    },
    bareOverRest,
  ]
}

function bare(name: string, { reader }: RedisClients): Subject {
  return {
    name,
    async hit() {
      const text = await reader.get<string>('bench:1:bench:entry:hit')
      return JSON.parse(text?.slice('=j'.length) ?? 'nothing')
    },
  }
}

function ofStore(name: string, store: Store): Subject {
  let misses = 0
  const ask = (key: string) => cached(key, () => value, { ttlSeconds: 600, store })
  return {
    name,
    hit: () => ask('hit'),
    miss: () => {
      misses += 1
      return ask(`miss of ${name} ${process.pid} ${misses}`)
    },
  }
}
