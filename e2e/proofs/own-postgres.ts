import { readFileSync } from 'node:fs'
import { urlOf } from '../../scripts/postgres/connection.ts'
import { findPlace, type Place } from '../../scripts/postgres/place.ts'
import { removePostgres } from '../../scripts/postgres/remove-postgres.ts'
import { findServer } from '../../scripts/postgres/server.ts'
import { startServer } from '../../scripts/postgres/start-server.ts'
import { until } from '../../scripts/until.ts'

/** A Postgres that only its owner starts and stops. It syncs to the disk as in production, unless told otherwise. */
export interface OwnPostgres {
  readonly place: Place
  /** Starts it and returns its URL. A port that another program took meanwhile is not had again. */
  start(): Promise<string>
  /** `fast` cuts the connections, `immediate` does not even flush, `kill` ends all its processes at once. */
  stop(how: 'fast' | 'immediate' | 'kill'): Promise<void>
  remove(): Promise<void>
}

export async function ownPostgres(dataFolder: string, { durable = true } = {}): Promise<OwnPostgres> {
  const place = await findPlace(dataFolder)
  return {
    place,
    async start() {
      const { port } = await startServer(place, { durable, attached: true })
      return urlOf(port, 'postgres')
    },
    async stop(how) {
      const server = await findServer(place.data)
      if (!server)
        throw new Error('[cache-versions] There is no Postgres to stop. See postgres.log beside its data.')
      // The postmaster first, for it would only restart the others.
      const pids = how === 'kill' ? [server.pid, ...childrenOf(server.pid)] : [server.pid]
      for (const pid of pids)
        signal(pid, ({ fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const)[how])
      await until('Postgres to be gone', 10, async () =>
        (await findServer(place.data))?.pid === server.pid ? undefined : true,
      )
    },
    remove: () => removePostgres(place),
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It went with the postmaster.
  }
}

/** Where the system does not tell them, they end by themselves when they miss the postmaster. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  } catch {
    return []
  }
}
