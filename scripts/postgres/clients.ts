import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from 'postgres'
import { keeperName } from './connection.ts'

/** Who is connected to a Postgres, in any of its databases. */
export interface Clients {
  /** Connections of others than keepers. */
  count: number
  /** Process ids of the keepers. */
  keepers: number[]
  /** Of several keepers the one that connected first stays. */
  hasOlderKeeper: boolean
}

/** Rejects when the answer does not come within 5 seconds. */
export async function readClients(sql: Sql): Promise<Clients> {
  const rows = await Promise.race([query(sql), delay(5000, undefined, { ref: false })])
  if (!rows)
    throw new Error('[cache-versions] Postgres does not answer. Look into postgres.log beside its data.')

  const clients = rows.filter((row) => !row.name.startsWith(keeperName))
  const keepers = rows.filter((row) => /\d+$/.test(row.name) && row.name.startsWith(keeperName))
  return {
    count: clients.length,
    keepers: keepers.map((row) => Number(row.name.slice(keeperName.length))),
    hasOlderKeeper: keepers.some((row) => row.older),
  }
}

function query(sql: Sql) {
  return sql<{ name: string; older: boolean }[]>`
    select one.application_name as name, (one.backend_start, one.pid) < (mine.backend_start, mine.pid) as older
    from pg_stat_activity as one, pg_stat_activity as mine
    where mine.pid = pg_backend_pid() and one.pid <> mine.pid and one.backend_type = 'client backend'
  `
}
