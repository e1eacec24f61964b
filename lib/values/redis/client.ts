import { Redis, type Requester } from '@upstash/redis'

/** Upstash's client on another transport, which accepts none of its options. */
class Client extends Redis {
  // By default it tries to parse each entry as JSON, and a failure costs more than the rest of a hit.
  protected override opts = { automaticDeserialization: false }

  batched(): Redis {
    return this.autoPipeline() as Redis
  }
}

/** `single` sends each command at once; `reader` may send the commands of one moment together. */
export interface RedisClients {
  readonly single: Redis
  readonly reader: Redis
}

export function redisClients(requester: Requester, autoPipelining: boolean): RedisClients {
  const single = new Client(requester)
  return { single, reader: autoPipelining ? single.batched() : single }
}
