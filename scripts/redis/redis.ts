import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { freePort } from '../free-port.ts'
import { hasExited } from '../processes/process.ts'
import { startGroup } from '../processes/process-group.ts'
import { project } from '../project.ts'
import { findRedisProgram, type RedisProgram } from './program.ts'

export interface Redis {
  readonly url: string
  /** For people: which Redis serves, never a password. */
  readonly label: string
  readonly kind: RedisProgram['kind'] | 'REDIS_URL'
  stop(): Promise<void>
}

export interface RedisOptions {
  /** A server of its own even where REDIS_URL is set, for tests that fill it up or kill it. */
  own?: boolean
  port?: number
  /** Further options of redis-server, such as `['--maxmemory', '8mb']`. */
  args?: readonly string[]
}

/** Gives the Redis of REDIS_URL, or starts one that keeps nothing on disk and stops with this process. */
export async function startRedis({ own = false, port, args = [] }: RedisOptions = {}): Promise<Redis> {
  const url = process.env.REDIS_URL
  if (url && !own) {
    await reach(url, performance.now() + 5000)
    return { url, label: `REDIS_URL ${new URL(url).host}`, kind: 'REDIS_URL', stop: async () => {} }
  }
  const program = await findRedisProgram()
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const started = await start(program, port ?? (await freePort()), args)
    if (started) return started
  }
  throw new Error(
    `[cache-versions] Redis (${program.label}) did not start in 3 attempts. Set REDIS_URL to a Redis of yours.`,
  )
}

/** Undefined when it exited: another program has taken the port in between. */
async function start(
  { kind, label, ...program }: RedisProgram,
  port: number,
  args: readonly string[],
): Promise<Redis | undefined> {
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--set-proc-title', 'no']
  const options = kind === 'server' ? [...settings, '--dir', project, ...args] : []
  const group = startGroup(program.program, [...program.args, '--port', String(port), ...options], {
    env: { ...process.env, ...program.env },
    stdio: 'ignore',
  })
  const url = `redis://127.0.0.1:${port}`
  const ready = reach(url, performance.now() + 10_000, () => !hasExited(group.process))
  const name = await Promise.race([ready, group.exited])
  if (typeof name === 'number') return undefined
  group.process.unref()
  // It keeps nothing, so there is nothing to wait for. A stopped one, too, hears this.
  return { url, label: `${name} (${label})`, kind, stop: group.kill }
}

/** Asks until it answers, and gives its name and version. */
async function reach(url: string, deadline: number, mayCome = () => true): Promise<string> {
  for (;;) {
    const client = createClient({ url, socket: { connectTimeout: 1000, reconnectStrategy: false } })
    client.on('error', () => {})
    try {
      await client.connect()
      const info = await client.info('server')
      const name = /^server_name:valkey/m.test(info) ? 'Valkey' : 'Redis'
      const version = info.match(/^(?:valkey|redis)_version:(\S+)/m)?.[1] ?? ''
      client.destroy()
      return `${name} ${version}`.trim()
    } catch (cause) {
      if (performance.now() > deadline || !mayCome()) {
        throw new Error(
          `[cache-versions] Redis at ${new URL(url).host} cannot be reached. Start it, or correct REDIS_URL.`,
          { cause },
        )
      }
      await delay(20)
    }
  }
}
