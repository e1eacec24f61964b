import { setTimeout as delay } from 'node:timers/promises'
import type { Gate } from '../../harness/gate.ts'
import { leaseOf } from '../../harness/lease.ts'
import type { NextServer } from '../../harness/next-server.ts'

/** A server, its process, and its way to Postgres. */
export interface Disturbed {
  readonly server: NextServer
  readonly pid: number
  readonly gate: Gate
}

/** A lease lasts for a second: shorter than it, about as long, and much longer. */
const lengths = [300, 900, 1100, 5000]

const disturbances = {
  async 'its process is stopped'({ pid }: Disturbed, milliseconds: number) {
    process.kill(pid, 'SIGSTOP')
    try {
      await delay(milliseconds)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  },
  async 'its event loop is blocked'({ server }: Disturbed, milliseconds: number) {
    await leaseOf(server, { block: milliseconds })
  },
  async 'its clock is set'({ server }: Disturbed, milliseconds: number) {
    await leaseOf(server, { clock: milliseconds % 200 === 100 ? 3_600_000 : -3_600_000 })
    await delay(milliseconds)
    await leaseOf(server, { clock: 0 })
  },
  async 'its connections are cut'({ gate }: Disturbed) {
    await gate.close()
    await gate.open()
  },
  async 'its network is silent'({ gate }: Disturbed, milliseconds: number) {
    gate.freeze()
    // Its requests wait for Postgres no longer than two seconds.
    await delay(Math.min(milliseconds, 1100))
    await gate.open()
  },
}

/** Disturbs one server after the other until it is told to stop, and counts how often each way. */
export function startDisturbing(servers: readonly Disturbed[]): { stop(): Promise<Record<string, number>> } {
  const counts: Record<string, number> = {}
  let stopped = false
  const disturbing = (async () => {
    while (!stopped) {
      const [name, disturb] = pick(Object.entries(disturbances))
      await disturb(pick(servers), pick(lengths))
      counts[name] = (counts[name] ?? 0) + 1
      await delay(300)
    }
  })()
  return {
    async stop() {
      stopped = true
      await disturbing
      return counts
    },
  }
}

function pick<T>(all: readonly T[]): T {
  return all[Math.floor(Math.random() * all.length)] as T
}
