import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { forgetGroup, guardGroup } from '../processes/group-guard.ts'
import { signalGroup } from '../processes/process.ts'
import { project } from '../project.ts'
import { findRedisProgram, type RedisProgram } from './program.ts'

export interface Redis {
  readonly url: string
  /** For people: which Redis serves, never a password. */
  readonly label: string
  readonly kind: RedisProgram['kind'] | 'REDIS_URL'
  /** The process, where this program has started one. */
  readonly process?: ChildProcess
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
  program: RedisProgram,
  port: number,
  args: readonly string[],
): Promise<Redis | undefined> {
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--set-proc-title', 'no']
  const options = program.kind === 'server' ? [...settings, '--dir', project, ...args] : []
  const child = spawn(program.program, [...program.args, '--port', String(port), ...options], {
    env: { ...process.env, ...program.env },
    detached: true,
    stdio: 'ignore',
  })
  const group = child.pid
  if (group) guardGroup(group)
  const exited = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  )
  void exited.then(() => group && forgetGroup(group))
  const url = `redis://127.0.0.1:${port}`
  const ready = reach(url, performance.now() + 10_000, () => child.exitCode === null)
  const label = await Promise.race([ready, exited])
  if (!label) return undefined
  child.unref()
  return {
    url,
    label: `${label} (${program.label})`,
    kind: program.kind,
    process: child,
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const exited = once(child, 'exit')
  // It keeps nothing, so there is nothing to wait for. A stopped one, too, hears this.
  if (!child.pid || !signalGroup(child.pid, 'SIGKILL')) child.kill('SIGKILL')
  await exited
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

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address && typeof address === 'object' ? address.port : 0
}
