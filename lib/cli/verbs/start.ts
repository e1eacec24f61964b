import { makeChange } from '../change.ts'
import { CommandError } from '../command-error.ts'
import type { Migration } from '../drizzle/migrations.ts'
import type { Invocation } from '../invocation.ts'
import { listByHand } from '../list/caches-file.ts'
import { literal } from '../sql-text.ts'
import { verb } from '../verb.ts'
import { onWriteOptions, slugOf, versioningArguments, versioningOptions } from '../versioning-arguments.ts'

export const start = verb({
  operands: 'CACHE',
  about: `Writes the migration that gives the cache a version, and adds its name to the typed list of caches. With --on-write
the database invalidates the cache by itself whenever a statement writes to the table; for a cache that is versioned
already, the migration adds only that. It needs no database: drizzle-kit migrate applies what it wrote.
Reversed by stop.`,
  options: versioningOptions('Invalidate on writes to this table (table or schema.table); may be repeated'),
  hasDryRun: true,
  json: '{"migration", "statements", "cachesFile"}',
  examples: ['badges', 'badges --on-write badges --on-write badge_images'],
  async run(given) {
    const { values, dryRun, invocation } = given
    const { cache, tables, file } = versioningArguments(given)
    const wishes = { ...values, dryRun }
    if (!file) {
      const migration = startMigration(cache, tables, invocation)
      const answer = await makeChange({ tables, migration }, wishes, invocation)
      invocation.note(listByHand('add', cache))
      return answer
    }
    if (!file.names.includes(cache)) {
      const list = { file, edit: 'add', cache } as const
      const migration = startMigration(cache, tables, invocation)
      return await makeChange({ tables, list, migration }, wishes, invocation)
    }
    if (tables.length > 0) {
      const migration = onWriteMigration(cache, tables, invocation)
      return await makeChange({ tables, migration }, wishes, invocation)
    }
    throw new CommandError(
      `Cache "${cache}" is versioned already: it is in "${file.shown}". To invalidate it on writes as well, add --on-write TABLE.`,
    )
  },
})

function startMigration(cache: string, tables: readonly string[], { command }: Invocation): Migration {
  return {
    name: `start_${slugOf(cache)}_versioning`,
    comment: [
      `Starts versioning the cache "${cache}".`,
      `Reversed by: ${command('stop')} ${cache}`,
      `In SQL: select stop_cache_versioning(${literal(cache)});`,
    ],
    statements: [`select start_cache_versioning(${literal(cache)});`, ...triggers(cache, tables)],
  }
}

function onWriteMigration(cache: string, tables: readonly string[], { command }: Invocation): Migration {
  return {
    name: `invalidate_${slugOf(cache)}_on_write`,
    comment: [
      `Invalidates the cache "${cache}" on writes to ${tables.join(', ')}.`,
      `Reversed by: ${command('stop')} ${cache} ${onWriteOptions(tables)}`,
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
