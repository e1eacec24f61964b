import { runCommand } from './command/command.ts'
import { CommandError } from './command/command-error.ts'
import type { Migration } from './command/migrations.ts'
import { literal } from './command/sql.ts'
import {
  onWriteOptions,
  slugOf,
  versioningArguments,
  versioningOptions,
} from './command/versioning-arguments.ts'
import { writeChange } from './command/versioning-change.ts'

const help = `Usage: pnpm tsx scripts/start-versioning.ts CACHE [options]

Writes the migration that gives the cache a version, and adds its name to the typed list of caches. With --on-write
the database invalidates the cache by itself whenever a statement writes to the table; for a cache that is versioned
already, the migration adds only that. It needs no database: pnpm drizzle-kit migrate applies what it wrote.

Options:
  --on-write TABLE  Invalidate on writes to this table (table or schema.table); may be repeated
  --registry FILE   Where the names are listed (default: app/caches.ts)
  --json            Print {"migration", "statements", "registry"}
  -h, --help        Print this

Examples:
  pnpm tsx scripts/start-versioning.ts badges
  pnpm tsx scripts/start-versioning.ts badges --on-write badges --on-write badge_images

Reversed by scripts/stop-versioning.ts. Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: versioningOptions,
  async run(given) {
    const { cache, tables, registry, isRegistered } = versioningArguments(given)
    if (!isRegistered) {
      return await writeChange({ cache, tables, registry, edit: 'add', migration: start(cache, tables) })
    }
    if (tables.length > 0) {
      return await writeChange({ cache, tables, registry, migration: invalidateOnWrite(cache, tables) })
    }
    throw new CommandError(
      `Cache "${cache}" is versioned already: it is in "${registry.shown}". To invalidate it on writes as well, add --on-write TABLE.`,
    )
  },
})

function start(cache: string, tables: readonly string[]): Migration {
  return {
    name: `start_${slugOf(cache)}_versioning`,
    comment: [
      `Starts versioning the cache "${cache}".`,
      `Reversed by: pnpm tsx scripts/stop-versioning.ts ${cache}`,
      `In SQL: select stop_cache_versioning(${literal(cache)});`,
    ],
    statements: [`select start_cache_versioning(${literal(cache)});`, ...triggers(cache, tables)],
  }
}

function invalidateOnWrite(cache: string, tables: readonly string[]): Migration {
  return {
    name: `invalidate_${slugOf(cache)}_on_write`,
    comment: [
      `Invalidates the cache "${cache}" on writes to ${tables.join(', ')}.`,
      `Reversed by: pnpm tsx scripts/stop-versioning.ts ${cache} ${onWriteOptions(tables)}`,
      ...tables.map(
        (table) => `In SQL: select stop_invalidating_cache_on_write(${literal(cache)}, ${literal(table)});`,
      ),
    ],
    statements: triggers(cache, tables),
  }
}

function triggers(cache: string, tables: readonly string[]): string[] {
  return tables.map((table) => `select invalidate_cache_on_write(${literal(cache)}, ${literal(table)});`)
}
