import { CacheVersionsError } from '../../base/error.ts'
import { redisStore } from '../redis/store.ts'
import type { Store } from './contract.ts'
import { memoryStore } from './memory.ts'

/**
 * Returns the store that the environment names: Upstash Redis when `UPSTASH_REDIS_REST_URL` and its token are set, else
 * the Redis or Valkey of `REDIS_URL`, else this process's memory.
 *
 * @throws CacheVersionsError `invalid-config` for half a configuration, rather than to serve from another store.
 */
export function storeOfEnvironment(): Store {
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, REDIS_URL } = process.env
  if (UPSTASH_REDIS_REST_URL && UPSTASH_REDIS_REST_TOKEN) {
    return redisStore({ url: UPSTASH_REDIS_REST_URL, token: UPSTASH_REDIS_REST_TOKEN, ...settings() })
  }
  if (UPSTASH_REDIS_REST_URL || UPSTASH_REDIS_REST_TOKEN) {
    throw new CacheVersionsError(
      'invalid-config',
      'Only one of UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN is set. Set both, or neither to keep values in memory.',
    )
  }
  return REDIS_URL ? redisStore({ url: REDIS_URL, ...settings() }) : memoryStore()
}

function settings() {
  const namespace = process.env.CACHE_VERSIONS_NAMESPACE
  const budgetMilliseconds = positive('CACHE_VERSIONS_REDIS_BUDGET_MS')
  const maxRequestBytes = positive('CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES')
  return {
    ...(namespace ? { namespace } : {}),
    ...(budgetMilliseconds === undefined ? {} : { budgetMilliseconds }),
    ...(maxRequestBytes === undefined ? {} : { maxRequestBytes }),
  }
}

function positive(name: string): number | undefined {
  const text = process.env[name]
  if (!text) return undefined
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new CacheVersionsError(
    'invalid-config',
    `${name} is "${text}". Give a positive number, or leave it out.`,
  )
}
