import { migratedTables } from './migrations.ts'
import { nearestOf } from './nearest.ts'
import { styled } from './style.ts'

/**
 * Warns of tables that no migration makes. They may exist all the same, made by another program; a slip of the
 * keyboard would only be found by `drizzle-kit migrate`, which keeps what Postgres says to itself.
 */
export function warnOfUnknownTables(tables: readonly string[]): void {
  const known = migratedTables()
  for (const table of tables.map((table) => table.replaceAll('"', ''))) {
    // Without a schema it is searched for in several.
    const names = table.includes('.') ? known : known.map((name) => name.slice(name.indexOf('.') + 1))
    if (names.includes(table)) continue
    const nearest = nearestOf(table, names)
    const remedy = nearest ? `Did you mean "${nearest}"?` : 'It has to exist when this one is applied.'
    console.error(
      styled(process.stderr, 'red', `[cache-versions] No migration makes the table "${table}". ${remedy}`),
    )
  }
}
