import type { LoadedConfig } from '../../internals/next-config.ts'
import { redisAddress, redisProtocol } from '../../values/redis/address.ts'
import { redisRequester } from '../../values/redis/requester.ts'
import { restRequester } from '../../values/redis/rest.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Redis')
const limits = { timeoutMilliseconds: 5000, maxReplyBytes: 65_536 }

/** Whether the Redis of the environment can be reached, and what it does when it is full. */
export async function redisFindings(
  config: LoadedConfig | Error,
  environment: NodeJS.Dict<string>,
): Promise<Finding[]> {
  const { UPSTASH_REDIS_REST_URL: rest, UPSTASH_REDIS_REST_TOKEN: token, REDIS_URL: url } = environment
  if (Boolean(rest) !== Boolean(token)) {
    return [
      wrong(
        'Only one of UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN is set',
        'The servers refuse half a configuration.',
        'Set both, or neither.',
      ),
    ]
  }
  if (!(rest && token) && !url) return [withoutRedis(config)]
  try {
    return policyFindings(await memoryOf(rest && token ? { rest, token } : { url: url ?? '' }))
  } catch (error) {
    return [
      wrong(
        error instanceof Error ? error.message.replace('[cache-versions] ', '') : String(error),
        'Each value is loaded from its source, on each server for itself.',
        'Start it, or correct REDIS_URL or UPSTASH_REDIS_REST_URL and its token.',
      ),
    ]
  }
}

function withoutRedis(config: LoadedConfig | Error): Finding {
  if (config instanceof Error || config.pages !== 'shared') {
    return ok('None is configured: each server keeps its own values')
  }
  return warning(
    "None is configured, and pages: 'shared' is",
    "Without one it is as pages: 'local'.",
    'Set REDIS_URL, or UPSTASH_REDIS_REST_URL and its token.',
  )
}

/** INFO is allowed where CONFIG is not, as on most hosted ones. */
async function memoryOf(place: { rest: string; token: string } | { url: string }): Promise<string> {
  const url = 'rest' in place ? place.rest : place.url
  const isRest = redisProtocol(url).startsWith('http')
  if (!isRest) redisAddress(url)
  const requester =
    isRest && 'token' in place
      ? restRequester({ url, token: place.token, ...limits })
      : redisRequester({ url, ...limits })
  const { result, error } = await requester.request<unknown>({ body: ['info', 'memory'] })
  if (error) throw new Error(`Redis answers: ${error}`)
  return String(result ?? '')
}

function policyFindings(info: string): Finding[] {
  const policy = /^maxmemory_policy:([a-z-]+)/m.exec(info)?.[1]
  if (!policy) return [ok('It can be reached, and does not tell its maxmemory-policy')]
  if (policy !== 'noeviction') return [ok(`It can be reached; maxmemory-policy is ${policy}`)]
  return [
    warning(
      'It can be reached; maxmemory-policy is noeviction',
      'A full Redis refuses what is new, and everything that it lacks is loaded at each request.',
      'redis-cli config set maxmemory-policy allkeys-lru',
    ),
  ]
}
