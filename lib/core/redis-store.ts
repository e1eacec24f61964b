import type { Redis } from '@upstash/redis'
import { pack, unpack } from './compression.ts'
import { CacheVersionsError } from './error.ts'
import { redisClients } from './redis-client.ts'
import { codeVersion } from './redis-code-version.ts'
import { redisKeys } from './redis-key.ts'
import { redisRequester } from './redis-requester.ts'
import { restRequester } from './redis-rest.ts'
import { EntryTooLarge, type LeaseAnswer, type Store } from './store.ts'

export interface RedisStoreOptions {
  /** `https://…` for Upstash, `redis://…` or `rediss://…` for a Redis or Valkey. */
  url: string
  /** The token of Upstash; a plain Redis has its password in the URL. */
  token?: string
  /** What all keys begin with. Default: `cache-versions`. */
  namespace?: string
  /** What tells the code of this deployment from others. Default: the id of Next's deployment or build. */
  codeVersion?: string
  /** How long one call of `cached()` may wait for Redis in all, in milliseconds. Default: 150. */
  budgetMilliseconds?: number
  /** What a request may weigh; an entry above it stays in memory. Default: 1 MB with Upstash, 64 MB with Redis. */
  maxRequestBytes?: number
  /** Whether reads of the same moment travel together. Default: with Upstash, where each request is an HTTP request. */
  autoPipelining?: boolean
}

const megabyte = 1000 * 1000
const longestTtlMilliseconds = 10 * 365 * 24 * 3600 * 1000

/** The rest of the request: the command, the key, the expiry. */
const requestOverheadBytes = 1024

/** Only the holder ends a lease: after it ran out it may be another's. Sent whole, so no script has to be known. */
const releaseScript =
  "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

/**
 * A store in Upstash Redis or a plain Redis or Valkey, which all servers share. Every key expires, and carries the
 * namespace and the version of the code. Nothing is removed by an invalidation: the keys of old versions expire.
 *
 * Connects when it is first used.
 */
export function redisStore(options: RedisStoreOptions): Store {
  const { url, token, budgetMilliseconds = 150 } = options
  const isRest = /^https?:$/.test(protocolOf(url))
  // Only of reads: several entries in one request could be over its limit together.
  const autoPipelining = options.autoPipelining ?? isRest
  const maxBytes = (options.maxRequestBytes ?? (isRest ? 1 : 64) * megabyte) - requestOverheadBytes
  // Not at once: during a build there may be no build to read the id of.
  const keys = once(() =>
    redisKeys(options.namespace ?? 'cache-versions', options.codeVersion ?? codeVersion()),
  )

  const limits = { timeoutMilliseconds: budgetMilliseconds }
  const requester = isRest
    ? restRequester({ url, token: token ?? '', ...limits })
    : redisRequester({ url, ...limits })
  const { single, reader } = redisClients(requester, autoPipelining)

  async function read(client: Pick<Redis, 'get'>, key: string): Promise<string | undefined> {
    const packed = await client.get<unknown>(key)
    return packed === null ? undefined : await unpack(packed)
  }

  return {
    name: isRest ? 'upstash' : 'redis',
    budgetMilliseconds,
    async get(key) {
      return read(reader, keys().entry(key))
    },
    async set(key, text, ttlSeconds) {
      const packed = await pack(text)
      const bytes = isRest ? Buffer.byteLength(JSON.stringify(packed)) : Buffer.byteLength(packed)
      if (bytes > maxBytes) throw tooLarge(key, bytes, maxBytes)
      const px = Math.min(Math.max(1, Math.ceil(ttlSeconds * 1000)), longestTtlMilliseconds)
      const answer = await single.set(keys().entry(key), packed, { px }).catch((error: Error) => {
        throw error.message.includes('max request size exceeded') ? tooLarge(key, bytes, maxBytes) : error
      })
      if (answer !== 'OK') throw new Error('Redis did not confirm that it stored the entry')
    },
    leases: {
      async take(key, token, milliseconds): Promise<LeaseAnswer> {
        // In one request and in this order: whoever gets the lease sees what its last holder stored.
        const [taken, packed] = await single
          .pipeline()
          .set(keys().lease(key), token, { nx: true, px: milliseconds })
          .get<unknown>(keys().entry(key))
          .exec<[unknown, unknown]>()
        if (taken !== 'OK' && taken !== null) throw new Error('Redis did not say who holds the lease')
        // What cannot be read is replaced by whoever has the lease.
        const text = packed === null ? undefined : await unpack(packed).catch(() => undefined)
        return { taken: taken === 'OK', text }
      },
      async release(key, token) {
        await single.eval(releaseScript, [keys().lease(key)], [token])
      },
    },
  }
}

function protocolOf(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (['https:', 'http:', 'redis:', 'rediss:'].includes(protocol)) return protocol
  throw new CacheVersionsError(
    'invalid-config',
    'The address of Redis is not a URL that begins with https://, redis:// or rediss://. Correct UPSTASH_REDIS_REST_URL or REDIS_URL.',
  )
}

function tooLarge(key: string, bytes: number, maxBytes: number): EntryTooLarge {
  return new EntryTooLarge(
    `The entry "${key}" has ${bytes} bytes as it is sent, and Redis takes ${maxBytes}. Store less, or raise CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES to what your plan allows.`,
  )
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
