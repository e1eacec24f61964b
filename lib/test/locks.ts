import type { Sql } from 'postgres'

/** The locks on a table of this database, held or waited for. Copies of the template have the same numbers for tables. */
export async function locksOn(sql: Sql, table: string): Promise<{ granted: boolean }[]> {
  return await sql<{ granted: boolean }[]>`
    select granted from pg_locks join pg_database on pg_database.oid = database
    where datname = current_database() and relation = ${table}::regclass`
}
