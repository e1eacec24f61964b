import { readFileSync } from 'node:fs'

// The package ships them beside its source, which stands as deep as what is compiled from it.
const folder = new URL('../../lib/sql/', import.meta.url)

/** The tables, as drizzle-kit writes them for the Drizzle schema of the package. */
export function tablesSql(): string {
  return readFileSync(new URL('tables.sql', folder), 'utf8')
}

export function functionsSql(): string {
  return readFileSync(new URL('functions.sql', folder), 'utf8')
}

/** All that a fresh database needs. */
export function schemaSql(): string {
  return `${tablesSql()}\n--> statement-breakpoint\n${functionsSql()}`
}
