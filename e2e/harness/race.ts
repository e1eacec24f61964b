import type { Cluster } from './cluster.ts'
import type { NextServer } from './next-server.ts'
import { values } from './page.ts'
import { until } from './until.ts'

/** What was shown to the request whose load was overtaken, and to one that came while it was still loading. */
export interface Race {
  readonly overtaken: string[]
  readonly meanwhile: string[]
}

export interface Course {
  readonly path: string
  /** Invalidates while the load of the path is held. */
  readonly overtake?: () => Promise<unknown>
  /** Asks for something that could share the load, by itself for the path. */
  readonly meanwhile?: () => Promise<string[]>
  /** Waits until that has come far enough. */
  readonly arrived?: () => Promise<unknown>
}

/**
 * Asks the server for a page and holds its load when it has read the data. While it is held, it is overtaken by an
 * invalidation, and then somebody asks for what Next would let him share.
 */
export async function race(
  { sql }: Pick<Cluster, 'sql'>,
  server: NextServer,
  {
    path,
    overtake = async () => {},
    meanwhile = () => values(server, path),
    arrived = async () => {},
  }: Course,
): Promise<Race> {
  const asked = await sql.begin(async (hold) => {
    await hold`select pg_advisory_xact_lock(42)`
    const overtaken = values(server, path)
    await until(async () => {
      const [row] = await hold`select count(*)::int as waiting from pg_locks
        where locktype = 'advisory' and objid = 42 and not granted`
      return row?.waiting > 0
    })
    await overtake()
    const later = meanwhile()
    await arrived()
    // A server that has answered what came later has begun with what came before.
    for (let i = 0; i < 20; i++) await fetch(`${server.url}/_next/static/none`)
    return { overtaken, later }
  })
  return { overtaken: await asked.overtaken, meanwhile: await asked.later }
}
