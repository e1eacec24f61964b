import postgres, { type Row, type RowList, type Sql } from 'postgres'

/** A session that holds leases by the same messages as a server. */
export interface LeaseHolder {
  readonly sql: Sql
  readonly pid: number
  /** Asks for a lease; returns `held` or why there is none. */
  hold(): Promise<string>
  /** Sleeps under it, for as long as a server does unless told otherwise. Returns whether it was recalled. */
  sleep(seconds?: number): Promise<boolean>
  giveUp(): Promise<void>
  /** Ends the connection at once, without giving up. */
  cut(): Promise<void>
}

export async function leaseHolder(url: string, name = 'a server'): Promise<LeaseHolder> {
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: name },
  })
  const [session] = await sql`select pg_backend_pid() as pid`
  const pid = session?.pid as number
  return {
    sql,
    pid,
    async hold() {
      const results: readonly RowList<Row[]>[] = await sql.unsafe(`
        begin isolation level read committed read write;
        select hold_cache_version_lease(${pid}) as state;
        savepoint held;
        select cache, version from cache_versions`)
      return results[1]?.[0]?.state
    },
    async sleep(seconds) {
      const [row] = await sql.unsafe(
        `select await_cache_version_recall(${seconds ?? '0.9 * cache_version_lease_seconds()'}) as recalled`,
      )
      return row?.recalled
    },
    async giveUp() {
      await sql.unsafe('rollback to savepoint held; select give_up_cache_version_lease(); rollback')
    },
    cut: () => sql.end({ timeout: 0 }),
  }
}

/** Shortens the leases of a database, so that a test can outlast some: the limit is a quarter more. */
export async function shortenLeases(sql: Sql, seconds = 0.6): Promise<void> {
  // It would take the lock for a moment, and nobody is granted a lease then.
  await sql`alter table cache_version_leases set (autovacuum_enabled = off)`
  await sql.unsafe(
    `create or replace function cache_version_lease_seconds() returns float8 language sql stable return ${seconds}`,
  )
}

/** Brings the leases to what they are when a server is about to ask for the first. */
export async function resetLeases(sql: Sql): Promise<void> {
  await sql`truncate cache_version_leases restart identity`
  await sql`select await_former_cache_version_leases()`
}
