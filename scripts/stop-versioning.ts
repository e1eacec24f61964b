import { runCommand } from './command/command.ts'
import type { Migration } from './command/migrations.ts'
import { notRegistered } from './command/registry.ts'
import { literal } from './command/sql.ts'
import {
  onWriteOptions,
  slugOf,
  versioningArguments,
  versioningOptions,
} from './command/versioning-arguments.ts'
import { writeChange } from './command/versioning-change.ts'

const help = `Usage: pnpm tsx scripts/stop-versioning.ts CACHE [options]

Writes the migration that ends the cache's versioning, with the triggers that invalidate it, and removes its name from
the typed list of caches; the type checker then finds what still uses it. With --on-write the migration drops only the
trigger of that table. It needs no database: pnpm drizzle-kit migrate applies what it wrote.

Options:
  --on-write TABLE  Stop only invalidating on writes to this table (table or schema.table); may be repeated
  --registry FILE   Where the names are listed (default: app/caches.ts)
  --json            Print {"migration", "statements", "registry"}
  -h, --help        Print this

Examples:
  pnpm tsx scripts/stop-versioning.ts badges
  pnpm tsx scripts/stop-versioning.ts badges --on-write badge_images

Reversed by scripts/start-versioning.ts. Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: versioningOptions,
  async run(given) {
    const { cache, tables, registry, isRegistered } = versioningArguments(given)
    if (!isRegistered) throw notRegistered(registry, cache)
    if (tables.length > 0) {
      return await writeChange({ cache, tables, registry, migration: stopInvalidatingOnWrite(cache, tables) })
    }
    return await writeChange({ cache, tables, registry, edit: 'remove', migration: stop(cache) })
  },
})

function stop(cache: string): Migration {
  return {
    name: `stop_${slugOf(cache)}_versioning`,
    comment: [
      `Stops versioning the cache "${cache}" and drops the triggers that invalidate it.`,
      `Reversed by: pnpm tsx scripts/start-versioning.ts ${cache} (with --on-write for each trigger it had)`,
      `In SQL: select start_cache_versioning(${literal(cache)});`,
    ],
    statements: [`select stop_cache_versioning(${literal(cache)});`],
  }
}

function stopInvalidatingOnWrite(cache: string, tables: readonly string[]): Migration {
  return {
    name: `stop_invalidating_${slugOf(cache)}_on_write`,
    comment: [
      `Stops invalidating the cache "${cache}" on writes to ${tables.join(', ')}.`,
      `Reversed by: pnpm tsx scripts/start-versioning.ts ${cache} ${onWriteOptions(tables)}`,
      ...tables.map(
        (table) => `In SQL: select invalidate_cache_on_write(${literal(cache)}, ${literal(table)});`,
      ),
    ],
    statements: tables.map(
      (table) => `select stop_invalidating_cache_on_write(${literal(cache)}, ${literal(table)});`,
    ),
  }
}
