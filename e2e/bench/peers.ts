import KeyvRedis from '@keyv/redis'
import { BentoCache, bentostore } from 'bentocache'
import { redisDriver } from 'bentocache/drivers/redis'
import { Cacheable } from 'cacheable'
import { Keyv } from 'keyv'
import { type Subject, value } from './subjects.ts'

/** The peers on the same Redis, and nowhere else: in front of it each of them can keep values in memory, as we can. */
export function peers(redisUrl: string): Subject[] {
  return [bento(redisUrl), cacheable(redisUrl)]
}

function bento(redisUrl: string): Subject {
  const { hostname: host, port } = new URL(redisUrl)
  const driver = redisDriver({ connection: { host, port: Number(port) } })
  const cache = new BentoCache({ default: 'redis', stores: { redis: bentostore().useL2Layer(driver) } })
  return ofPeer('BentoCache', (key) => cache.getOrSet({ key, factory: () => value, ttl: '10m' }))
}

function cacheable(redisUrl: string): Subject {
  const cache = new Cacheable({ primary: new Keyv({ store: new KeyvRedis(redisUrl) }) })
  return ofPeer('cacheable', (key) => cache.getOrSet(key, async () => value, { ttl: '10m' }))
}

function ofPeer(name: string, ask: (key: string) => Promise<unknown>): Subject {
  let misses = 0
  return {
    name,
    hit: () => ask('hit'),
    miss: () => {
      misses += 1
      return ask(`miss-${process.pid}-${misses}`)
    },
  }
}
