import { Redis, type Requester } from '@upstash/redis'

/** Upstash's client on another transport, where its options cannot be given. */
class Client extends Redis {
  // It would try to parse each entry as JSON, and what fails to parse costs it more than the rest of a hit.
  protected override opts = { automaticDeserialization: false }

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
