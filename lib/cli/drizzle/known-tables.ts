import { nearestName } from '../../versions/name.ts'
import type { Invocation } from '../invocation.ts'
import { migratedTables } from './migrations.ts'

/**
 * Warns of tables that no migration makes. They may exist all the same, made by another program; a slip of the
 * keyboard would only be found by `drizzle-kit migrate`, which keeps what Postgres says to itself.
 */
export function warnOfUnknownTables(tables: readonly string[], folder: string, { warn }: Invocation): void {
  const known = migratedTables(folder)
  for (const table of tables.map((table) => table.replaceAll('"', ''))) {
    // Without a schema it is searched for in several.
    const names = table.includes('.') ? known : known.map((name) => name.slice(name.indexOf('.') + 1))
    if (names.includes(table)) continue
    const nearest = nearestName(table, names)
    const remedy = nearest ? `Did you mean "${nearest}"?` : 'It has to exist when this one is applied.'
    warn(`[cache-versions] No migration makes the table "${table}". ${remedy}`)
  }
}
