import { deadlineOf } from '../base/deadline.ts'
import { database, databaseError } from '../postgres/database.ts'
import { sql } from '../postgres/statement.ts'

/** A server that answers from memory now, under a lease. */
export interface LeaseHolder {
  /** Its host name and process, such as `web-1:4711`. */
  readonly server: string
  /** Its session in Postgres. */
  readonly pid: number
}

const longestMilliseconds = 5000

/** Reads which servers hold a lease now, sorted by name; none where the schema has no leases yet. */
export async function readLeaseHolders(): Promise<LeaseHolder[]> {
  try {
    const rows = await database().log.ask<{ pid: number; name: string | null }>(
      // Not by the function of the schema, which an older one lacks.
      sql`
        select pid, application_name as name from pg_locks left join pg_stat_activity using (pid)
        where relation = to_regclass('cache_version_leases') and mode = 'ShareLock' and granted
          and database = (select oid from pg_database where datname = current_database())`.text,
      ['pid', 'name'],
      deadlineOf('Reading who holds a lease', longestMilliseconds),
    )
    return rows.map(({ pid, name }) => ({ server: serverOf(name, pid), pid })).sort(byServer)
  } catch (error) {
    throw databaseError(error)
  }
}

/** A role may not see the names of sessions of others. */
function serverOf(name: string | null, pid: number): string {
  const [, server] = /^next-cache-versions lease (.+)$/.exec(name ?? '') ?? []
  return server ?? `session ${pid} of Postgres`
}

function byServer(a: LeaseHolder, b: LeaseHolder): number {
  return a.server < b.server ? -1 : 1
}
