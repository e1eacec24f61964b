import { Redis, type Requester } from '@upstash/redis'

/** Upstash's client on another transport, of which it lets nobody choose whether commands travel together. */
class Client extends Redis {
  batched(): Redis {
    return this.autoPipeline() as Redis
  }
}

/** `single` sends each command as it comes; `reader` may send those of one moment together. */
export interface RedisClients {
  readonly single: Redis
  readonly reader: Redis
}

export function redisClients(requester: Requester, autoPipelining: boolean): RedisClients {
  const single = new Client(requester)
  return { single, reader: autoPipelining ? single.batched() : single }
}
