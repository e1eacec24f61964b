import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Sql, TransactionSql } from 'postgres'
import { readJournal } from '../drizzle/migrations.ts'

/** A folder of migrations, and where the database keeps which of them are applied. */
interface Migrations {
  readonly path: string
  readonly table?: string
  readonly schema?: string
}

/** Applies the migrations that the database lacks, by Drizzle's own migrator, and gives their names. */
export async function applyMigrations(
  tx: TransactionSql,
  sql: Sql,
  { path, table = '__drizzle_migrations', schema = 'drizzle' }: Migrations,
  dryRun: boolean,
): Promise<string[]> {
  const last = await lastApplied(tx, schema, table)
  const lacking = readJournal(path).entries.filter(({ when }) => when > last)
  if (!dryRun) {
    // The migrator begins a transaction, which is a savepoint here.
    const client = Object.assign(tx, { options: sql.options, begin: tx.savepoint })
    await migrate(drizzle(client as unknown as Sql), {
      migrationsFolder: path,
      migrationsTable: table,
      migrationsSchema: schema,
    })
  }
  return lacking.map(({ tag }) => tag)
}

async function lastApplied(tx: TransactionSql, schema: string, table: string): Promise<number> {
  const [there] = await tx`select from pg_tables where schemaname = ${schema} and tablename = ${table}`
  if (!there) return 0
  const [row] = await tx<{ last: string | null }[]>`
    select max(created_at) as last from ${tx(schema)}.${tx(table)}`
  return Number(row?.last ?? 0)
}
