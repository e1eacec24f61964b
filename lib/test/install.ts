import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'

/** Makes the package's tables and functions as a migration does, in the schema that is current on the connection. */
export async function install(sql: Sql): Promise<void> {
  await sql.unsafe(await readFile('drizzle/migrations/0000_cache_versions.sql', 'utf8'))
  await sql.unsafe(await readFile('lib/sql/functions.sql', 'utf8'))
}
