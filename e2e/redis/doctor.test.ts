import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { redisFindings } from '../../lib/cli/doctor/redis.ts'
import { type Redis, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'

const token = 'token-of-the-test'
const config = {
  usesCacheDirective: false,
  hasBuildId: true,
  distDir: '.next',
  pages: 'shared',
}
let redis: Redis
let rest: Rest

beforeAll(async () => {
  redis = await startRedis({ own: true, args: ['--maxmemory-policy', 'allkeys-lru'] })
  rest = await startRest({ redisUrl: redis.url, token })
})
afterAll(async () => {
  await rest?.stop()
  await redis?.stop()
})

async function found(environment: NodeJS.Dict<string>): Promise<string[]> {
  const findings = await redisFindings(config, environment)
  return findings.map(({ state, found }) => `${state}: ${found}`)
}

test('doctor asks the Redis, over its protocol and over REST, what it does when it is full', async () => {
  // The emulation knows no policies.
  const policy =
    redis.kind === 'server' ? /^ok: .*maxmemory-policy is allkeys-lru$/ : /^ok: It can be reached/
  expect(await found({ REDIS_URL: redis.url })).toEqual([expect.stringMatching(policy)])
  const upstash = { UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: token }
  expect(await found(upstash)).toEqual([expect.stringMatching(policy)])
})

test('a Redis that refuses what is new when it is full is warned of', async ({ skip }) => {
  skip(redis.kind !== 'server', 'the emulation knows no policies')
  const client = await createClient({ url: redis.url }).connect()
  await client.configSet('maxmemory-policy', 'noeviction')
  await client.close()
  expect(await redisFindings(config, { REDIS_URL: redis.url })).toEqual([
    expect.objectContaining({ state: 'warning', found: expect.stringContaining('noeviction') }),
  ])
})

test('a wrong token, half a configuration and none are told, and no token is shown', async () => {
  const wrong = { UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: 'an0ther' }
  expect(await found(wrong)).toEqual([expect.stringMatching(/^wrong: .*401: the token is not accepted$/)])
  expect(await found({ UPSTASH_REDIS_REST_TOKEN: 'an0ther' })).toEqual([
    'wrong: Only one of UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN is set',
  ])
  expect(await found({})).toEqual(["warning: None is configured, and pages: 'shared' is"])
})
