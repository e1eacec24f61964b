import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { cached } from '../../lib/values/cached.ts'
import { redisStore } from '../../lib/values/redis/store.ts'
import { makeBombs } from './bombs.ts'
import { type Behaviour, type Hostile, startHostile } from './hostile.ts'
import { answerInHttp, answerInRedis, flood } from './hostile-answers.ts'
import { keepWarnings } from './warnings.ts'

const megabyte = 1_000_000
const servers: Hostile[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function start(protocol: 'redis' | 'http', behave: Behaviour): Promise<string> {
  const server = await startHostile(behave)
  servers.push(server)
  return `${protocol}://127.0.0.1:${server.port}`
}

const bombs = makeBombs()
let reads = 0
/** One of them is short, and the other one the client gets when it has seen how it begins. */
const bombOf = ([verb = '']: string[]) => {
  if (verb.toLowerCase() === 'get') return bombs.at(-1) ?? ''
  reads += 1
  return bombs[reads % bombs.length]?.slice(0, 32 * 1024) ?? ''
}
const announcement = `$999999999\r\n${'x'.repeat(60_000)}`
const isRead = ([verb = '']: string[]) => verb.toLowerCase().startsWith('get')

/** Answers as a Redis without entries does, and a moment later sends what nobody has asked for. */
function floodWhenIdle(answer: Behaviour, bytes: string): Behaviour {
  return (socket) => {
    answer(socket)
    const timer = setTimeout(() => flood(socket, bytes), 300)
    socket.on('close', () => clearTimeout(timer))
  }
}

const emptyRedis = answerInRedis((command) => (isRead(command) ? null : 'OK'))
const emptyInHttp = answerInHttp((command) => (isRead(command) ? null : 'OK'))

const hostilities: Record<'redis' | 'http', Record<string, Behaviour>> = {
  redis: {
    'entries that become very large': answerInRedis((command) => (isRead(command) ? bombOf(command) : 'OK')),
    'a flood while nobody asks': floodWhenIdle(emptyRedis, announcement),
    'a text that does not end': (socket) => socket.once('data', () => flood(socket, announcement)),
    'a line that does not end': (socket) => socket.once('data', () => flood(socket, '+OK')),
    'a list that does not end': (socket) =>
      socket.once('data', () => {
        socket.write('*999999999\r\n')
        flood(socket, ':1\r\n')
      }),
    'lists in lists': (socket) => socket.once('data', () => flood(socket, '*1\r\n')),
  },
  http: {
    'entries that become very large': answerInHttp((command) => (isRead(command) ? bombOf(command) : 'OK')),
    'a flood while nobody asks': floodWhenIdle(emptyInHttp, 'x'),
    'a body that does not end': (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n')
        flood(socket, 'x')
      }),
    'chunks that do not end': (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        flood(socket, `ffff\r\n${'x'.repeat(0xffff)}\r\n`)
      }),
  },
}

test.each(['redis', 'http'] as const)(
  '%s: no answer makes a process grow, gives a wrong value or keeps a call',
  async (protocol) => {
    const names = Object.keys(hostilities[protocol])
    const urls = await Promise.all(
      Object.values(hostilities[protocol]).map((behave) => start(protocol, behave)),
    )
    const program = fileURLToPath(new URL('./hostile-client.ts', import.meta.url))
    const client = spawn(process.execPath, ['--import', 'tsx', program, 'token', ...urls], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const figures: { grown: number; longest: number; wrong: number }[] = JSON.parse(await text(client.stdout))
    for (const [i, name] of names.entries()) {
      console.log(`${protocol}: ${name}: ${JSON.stringify(figures[i])}`)
      expect(figures[i]?.grown, name).toBeLessThan(96 * megabyte)
      expect(figures[i]?.longest, name).toBeLessThan(500)
      expect(figures[i]?.wrong, name).toBe(0)
    }
  },
)

test.each([
  ['redis', 'a text that does not end'],
  ['http', 'a body that does not end'],
  ['http', 'chunks that do not end'],
] as const)('%s: %s is read no further than it was asked for', async (protocol, name) => {
  const behave = hostilities[protocol][name] as Behaviour
  const store = redisStore({ url: await start(protocol, behave), token: 'token', budgetMilliseconds: 5000 })
  await expect(store.get('k')).rejects.toThrow('answered with more than it was asked for')
})

test.each([
  ['redis', emptyRedis],
  ['http', emptyInHttp],
] as const)('%s: a byte that nobody asked for closes the connection', async (protocol, answer) => {
  let socket: Socket | undefined
  const url = await start(protocol, (opened) => {
    socket = opened
    answer(opened)
  })
  const store = redisStore({ url, token: 'token' })
  expect(await store.get('k')).toBeUndefined()
  const first = socket as Socket
  const closed = once(first, 'close')
  first.write('+')
  await closed
  expect(await store.get('k')).toBeUndefined()
  expect(socket).not.toBe(first)
})

describe('a Redis that repeats what it was sent', () => {
  const secrets = ['anna', 'pass!word', 'pass%21word', 'the-token', 'of the app']
  const repeat = (command: string[]) =>
    new Error(
      `ERR unknown command '${command[0]}', with args beginning with: '${command.slice(1).join("' '")}'`,
    )
  const repeatHeaders: Behaviour = (socket) => {
    socket.on('data', (chunk: Buffer) => {
      const error = JSON.stringify({ error: chunk.toString() })
      socket.write(
        `HTTP/1.1 400 the-token\r\nx: the-token\r\ncontent-length: ${Buffer.byteLength(error)}\r\n\r\n${error}`,
      )
    })
  }

  test.each<[string, 'redis' | 'http', Behaviour]>([
    ['AUTH', 'redis', answerInRedis(repeat)],
    ['a read', 'redis', answerInRedis((command) => (command[0] === 'AUTH' ? 'OK' : repeat(command)))],
    [
      'a write',
      'redis',
      answerInRedis((command) => (isRead(command) || command[0] === 'AUTH' ? null : repeat(command))),
    ],
    ['a read over REST', 'http', answerInHttp(repeat)],
    ['a write over REST', 'http', answerInHttp((command) => (isRead(command) ? null : repeat(command)))],
    ['a request', 'http', repeatHeaders],
    ['a request as noise', 'http', (socket) => socket.on('data', (chunk) => socket.write(chunk))],
    ['a command as noise', 'redis', (socket) => socket.on('data', (chunk) => socket.write(chunk))],
  ])('and refuses %s gets no secret into the log or an error', async (_, protocol, behave) => {
    const kept = keepWarnings()
    const url = (await start(protocol, behave)).replace(
      '//',
      protocol === 'redis' ? '//anna:pass%21word@' : '//',
    )
    const store = redisStore({ url, token: 'the-token' })
    expect(await cached('k', () => 'of the app', { ttlSeconds: 60, store })).toBe('of the app')
    kept.end()
    const asked = [store.get('k'), store.set('k', 'of the app', 60), store.claims?.take('k', 'holder', 1000)]
    const errors = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')
    const said = [...kept.warnings, inspect(errors, { depth: null })].join('\n')
    expect(kept.warnings).toHaveLength(1)
    expect(errors.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(said).not.toContain(secret)
  })
})
