import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Sql } from 'postgres'

/** The rows of each table, in the order of pg_dump, and the last number of each sequence. */
export interface Dump {
  readonly tables: ReadonlyMap<string, string>
  readonly sequences: ReadonlyMap<string, string | null>
}

/** Reads what `pg_dump --data-only` does. */
export async function dumpData(sql: Sql, schema = 'public'): Promise<Dump> {
  const relations = await sql<{ name: string; kind: string }[]>`
    select relname as name, relkind as kind from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = ${schema} and relkind in ('r', 'S') order by relname collate "C"`
  const tables = new Map<string, string>()
  const sequences = new Map<string, string | null>()
  for (const { name, kind } of relations) {
    if (kind === 'S') {
      const [row] = await sql<{ last: string | null }[]>`
        select pg_sequence_last_value(${name}::regclass)::text as last`
      sequences.set(name, row?.last ?? null)
    } else {
      const rows: Buffer[] = []
      for await (const chunk of await sql`copy ${sql(name)} to stdout`.readable()) rows.push(chunk)
      tables.set(name, Buffer.concat(rows).toString())
    }
  }
  return { tables, sequences }
}

/** Sends what `pg_restore --data-only` does, statement by statement; the tables are empty. */
export async function restoreData(
  sql: Sql,
  { tables, sequences }: Dump,
  { disableTriggers }: { disableTriggers: boolean },
): Promise<void> {
  for (const [name, rows] of tables) {
    if (disableTriggers) await sql`alter table ${sql(name)} disable trigger all`
    if (rows) await pipeline(Readable.from([rows]), await sql`copy ${sql(name)} from stdin`.writable())
    if (disableTriggers) await sql`alter table ${sql(name)} enable trigger all`
  }
  for (const [name, last] of sequences) {
    await sql`select setval(${name}::regclass, ${last ?? '1'}::bigint, ${last !== null})`
  }
}

/** Empties the tables as a new database has them, whose schema alone was restored. */
export async function emptyTables(sql: Sql): Promise<void> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`truncate ${tx(rows.map(({ name }) => name))} restart identity cascade`
  })
}
