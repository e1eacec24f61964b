import type { Redis } from '@upstash/redis'
import { inTime } from '../../base/timer.ts'
import type { ClaimAnswer, Store } from '../stores/contract.ts'
import { redisProtocol } from './address.ts'
import { redisClients } from './client.ts'
import { codeVersion } from './code-version.ts'
import { pack, unpack } from './compression.ts'
import { isOfAnotherKind, notPassed, notRead, tooLarge } from './entry-error.ts'
import { redisKeys } from './key.ts'
import { redisRequester } from './requester.ts'
import { restRequester } from './rest.ts'

export interface RedisStoreOptions {
  /** `https://…` for Upstash, `redis://…` or `rediss://…` for a Redis or Valkey. */
  url: string
  /** The token of Upstash; a plain Redis has its password in the URL. */
  token?: string
  /** The beginning of all keys. Default: `cache-versions`. */
  namespace?: string
  /** The version of the code, which is part of all keys. Default: the id of Next's deployment or build. */
  codeVersion?: string
  /** The longest that one call of `cached()` may wait for Redis in all, in milliseconds. Default: 150. */
  budgetMilliseconds?: number
  /** The largest request, in bytes; a larger entry stays in memory. Default: 1 MB with Upstash, 64 MB with Redis. */
  maxRequestBytes?: number
  /** Whether concurrent reads share a request. Default: with Upstash, where each request is an HTTP request. */
  autoPipelining?: boolean
}

const megabyte = 1000 * 1000
const longestTtlMilliseconds = 10 * 365 * 24 * 3600 * 1000

/** The rest of the request: the command, the key, the expiry. */
const requestOverheadBytes = 1024
/**
 * An entry from this size travels on a connection of its own, where no other command waits for it.
 *
 * See docs/decisions/0015-large-entries-travel-apart.md
 */
const largeBytes = 32 * 1024
/** The share of the budget that a large entry may take. */
const shareOfLarge = 0.8
/** The largest text before compression, unless a request may be larger. */
const longestText = 64 * megabyte

/** Only the holder ends a claim: after its end it may be another's. Sent as text, so Redis need not know the script. */
const releaseScript =
  "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

/**
 * A store in Upstash Redis or a plain Redis or Valkey, which all servers share. Every key expires, and contains the
 * namespace and the version of the code. An invalidation removes nothing: the keys of old versions expire.
 *
 * It connects at its first use.
 *
 * @throws CacheVersionsError `invalid-config` for an address that is no address of a Redis.
 */
export function redisStore(options: RedisStoreOptions): Store {
  const { url, token = '', budgetMilliseconds = 150 } = options
  const isRest = /^https?:$/.test(redisProtocol(url))
  const maxBytes = (options.maxRequestBytes ?? (isRest ? 1 : 64) * megabyte) - requestOverheadBytes
  const maxTextBytes = Math.max(longestText, maxBytes)
  // Read lazily: during a build there may be no build id yet.
  const keys = once(() =>
    redisKeys(options.namespace ?? 'cache-versions', options.codeVersion ?? codeVersion()),
  )

  const connect = (maxReplyBytes: number) => {
    const limits = { timeoutMilliseconds: budgetMilliseconds, maxReplyBytes }
    return isRest ? restRequester({ url, token, ...limits }) : redisRequester({ url, ...limits })
  }
  // Only reads share a request: several entries in one could exceed its limit.
  const { single, reader } = redisClients(connect(largeBytes), options.autoPipelining ?? isRest)
  const { single: large } = redisClients(connect(maxBytes), false)

  /**
   * Returns the entry with this beginning. Mostly that is all of it; a large entry arrives on a connection of its own.
   */
  function textOf(
    key: string,
    start: unknown,
    began: number,
  ): string | undefined | Promise<string | undefined> {
    // No entry is empty: the key does not exist.
    if (start === '' || start === null) return undefined
    if (!isLarge(start)) return unpack(start, maxTextBytes)
    return pass(key, began, async () => {
      const packed = await large.get<unknown>(keys().entry(key))
      return packed === null ? undefined : await unpack(packed, maxTextBytes)
    })
  }

  /** Fails before the budget is over, so that the entry counts as late, and not the store. */
  async function pass<T>(key: string, began: number, ask: () => Promise<T>): Promise<T> {
    const left = began + shareOfLarge * budgetMilliseconds - performance.now()
    return await inTime(ask(), Math.max(1, left)).catch((error: Error) => {
      throw notPassed(key, error)
    })
  }

  return {
    name: isRest ? 'upstash' : 'redis',
    budgetMilliseconds,
    async get(key) {
      const began = performance.now()
      try {
        return await textOf(key, await reader.getrange(keys().entry(key), 0, largeBytes - 1), began)
      } catch (error) {
        throw notRead(error as Error)
      }
    },
    async set(key, text, ttlSeconds) {
      const began = performance.now()
      if (Buffer.byteLength(text) > maxTextBytes) throw tooLarge(key, Buffer.byteLength(text), maxTextBytes)
      const packed = await (isLarge(text) ? pass(key, began, () => pack(text)) : pack(text))
      const bytes = isRest ? Buffer.byteLength(JSON.stringify(packed)) : Buffer.byteLength(packed)
      if (bytes > maxBytes) throw tooLarge(key, bytes, maxBytes)
      const px = Math.min(Math.max(1, Math.ceil(ttlSeconds * 1000)), longestTtlMilliseconds)
      const send = (client: Redis) => client.set(keys().entry(key), packed, { px })
      const sent = isLarge(packed) ? pass(key, began, () => send(large)) : send(single)
      const answer = await sent.catch((error: Error) => {
        throw error.message.includes('size exceeded') ? tooLarge(key, bytes, maxBytes) : error
      })
      if (answer !== 'OK') throw new Error('Redis did not confirm that it stored the entry')
    },
    claims: {
      async take(key, token, milliseconds): Promise<ClaimAnswer> {
        const began = performance.now()
        // In one request and in this order: the next holder of the claim sees the last holder's entry.
        const [claim, start] = await single
          .pipeline()
          .set(keys().claim(key), token, { nx: true, px: milliseconds })
          .getrange(keys().entry(key), 0, largeBytes - 1)
          .exec<[unknown, unknown]>({ keepErrors: true })
        const failure = [claim.error, start.error].find((error) => error && !isOfAnotherKind(error))
        if (failure) throw new Error(failure)
        const isTaken = claim.result === 'OK'
        if (!isTaken && claim.result !== null) throw new Error('Redis did not say who holds the claim')
        try {
          return { taken: isTaken, text: await textOf(key, start.result, began) }
        } catch {
          // The holder of the claim replaces it.
          return { taken: isTaken, text: undefined }
        }
      },
      async release(key, token) {
        await single.eval(releaseScript, [keys().claim(key)], [token])
      },
    },
  }
}

/** Two bytes of memory are three bytes of UTF-8 at most. */
function isLarge(text: unknown): boolean {
  return typeof text === 'string' && 3 * text.length >= largeBytes && Buffer.byteLength(text) >= largeBytes
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
