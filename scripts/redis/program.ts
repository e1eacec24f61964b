import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type DebianProgram, extractFromDebian, onPath } from '../debian.ts'

/** `redis-check-rdb` of the package redis-tools is the server under another name. */
const debian: DebianProgram = {
  name: 'redis-server',
  path: 'usr/bin/redis-check-rdb',
  packages: ['redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libssl3', 'libssl3t64', 'libsystemd0'],
}

/** What to run for a Redis, and what to call it. */
export interface RedisProgram {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** `emulation` is not Redis: good enough to work with, not to prove anything by. */
  readonly kind: 'server' | 'emulation'
  readonly label: string
}

/**
 * Finds what can serve: `redis-server` or `valkey-server` on PATH, else the server out of Debian's packages, which
 * takes no root, else an emulation in JavaScript. `STRICT_REDIS=1` refuses the last.
 */
export async function findRedisProgram(): Promise<RedisProgram> {
  for (const name of ['redis-server', 'valkey-server']) {
    const program = onPath(name)
    if (program) return { program, args: [], kind: 'server', label: `${name} of this machine` }
  }
  const reasons: unknown[] = []
  const extracted = await extractFromDebian(debian).catch((cause: unknown) => void reasons.push(cause))
  if (extracted) return { ...extracted, args: [], kind: 'server', label: "redis-server of Debian's packages" }
  if (process.env.STRICT_REDIS === '1') {
    throw new Error(
      '[cache-versions] No real Redis is found and STRICT_REDIS=1 refuses an emulation. Install redis-server, or set REDIS_URL.',
      { cause: reasons[0] },
    )
  }
  const require = createRequire(import.meta.url)
  return {
    program: process.execPath,
    args: [join(dirname(require.resolve('js-redis-server')), 'cli.js')],
    kind: 'emulation',
    label: 'an emulation in JavaScript',
  }
}
