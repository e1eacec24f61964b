import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'

/** Makes the package's tables and functions as a migration does, in the schema that is current on the connection. */
export async function install(sql: Sql): Promise<void> {
  for (const text of await installation()) await sql.unsafe(text)
}

export async function installation(): Promise<string[]> {
  const files = ['lib/sql/tables.sql', 'lib/sql/functions.sql']
  return await Promise.all(files.map((file) => readFile(file, 'utf8')))
}
