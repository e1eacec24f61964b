import { Redis } from '@upstash/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Redis as RedisServer, startRedis } from '../../scripts/redis/redis.ts'
import { type Rest, startRest } from '../../scripts/redis/rest.ts'

let server: RedisServer
let rest: Rest
const token = 'token-of-the-test'
const prefix = `rest-test-${process.pid}:`

beforeAll(async () => {
  server = await startRedis()
  console.log(`Redis: ${server.label}`)
  rest = await startRest({ redisUrl: server.url, token })
})

afterAll(async () => {
  await rest?.stop()
  await server?.stop()
})

const k = (name: string) => `${prefix}${name}`

describe.each([
  { enableAutoPipelining: true, responseEncoding: 'base64' as const },
  { enableAutoPipelining: true, responseEncoding: false as const },
  { enableAutoPipelining: false, responseEncoding: 'base64' as const },
  { enableAutoPipelining: false, responseEncoding: false as const },
])('the client of Upstash with %o', (options) => {
  const client = () =>
    new Redis({ url: rest.url, token, retry: false, automaticDeserialization: false, ...options })

  test('reads back what it wrote, whatever characters it holds', async () => {
    const redis = client()
    const text = 'OK? "ü" \u0000 日本 🙂 \\n\r\n'
    expect(await redis.set(k('text'), text, { ex: 60 })).toBe('OK')
    expect(await redis.get(k('text'))).toBe(text)
    expect(await redis.get(k('none'))).toBeNull()
    expect(await redis.ping()).toBe('PONG')
    expect(await redis.del(k('text'))).toBe(1)
  })

  test('runs pipelines in order, with an error only for the command that failed', async () => {
    const redis = client()
    await redis.set(k('list'), 'no list', { ex: 60 })
    const results = await redis
      .pipeline()
      .set(k('n'), 1, { ex: 60 })
      .lpush(k('list'), 'x')
      .incr(k('n'))
      .mget(k('n'), k('none'))
      .exec({ keepErrors: true })
    expect(results.map(({ result }) => result ?? null)).toEqual(['OK', null, 2, ['2', null]])
    expect(results[1]?.error).toContain('WRONGTYPE')
  })

  test('runs transactions, and none of one that cannot be queued', async () => {
    const redis = client()
    expect(await redis.multi().set(k('m'), 'a', { ex: 60 }).get(k('m')).exec()).toEqual(['OK', 'a'])
    const broken = redis.multi().set(k('m'), 'b', { ex: 60 }).mget()
    await expect(broken.exec()).rejects.toThrow('EXECABORT')
    expect(await redis.get(k('m'))).toBe('a')
  })

  test('runs scripts, and says when one is not known', async () => {
    const redis = client()
    const script = "return {KEYS[1], ARGV[1], 3, false, {'x'}}"
    expect(await redis.eval(script, [k('s')], ['argument'])).toEqual([k('s'), 'argument', 3, null, ['x']])
    await expect(redis.evalsha('f'.repeat(40), [], [])).rejects.toThrow('NOSCRIPT')
    const sha = await redis.scriptLoad('return 7')
    expect(await redis.evalsha(sha, [], [])).toBe(7)
  })

  test('answers a failed command with its error', async () => {
    const redis = client()
    await redis.set(k('text'), 'text', { ex: 60 })
    await expect(redis.incr(k('text'))).rejects.toThrow('not an integer')
  })

  test('hears what is published', async () => {
    const redis = client()
    const subscriber = redis.subscribe([k('channel')])
    const heard = new Promise((resolve) => subscriber.on('message', resolve))
    await new Promise<void>((resolve) => subscriber.on('subscribe', () => resolve()))
    await redis.publish(k('channel'), 'news')
    expect(await heard).toEqual({ channel: k('channel'), message: 'news' })
    await subscriber.unsubscribe()
  })
})

test('a wrong token is refused', async () => {
  const redis = new Redis({ url: rest.url, token: 'another', retry: false })
  await expect(redis.get('x')).rejects.toThrow('WRONGPASS')
})

test('a request over the limit of the plan is refused', async () => {
  const redis = new Redis({ url: rest.url, token, retry: false, enableAutoPipelining: false })
  await expect(redis.set(k('large'), 'x'.repeat(1024 * 1024), { ex: 60 })).rejects.toThrow(
    'max request size exceeded',
  )
})
