import { makeChange } from '../change.ts'
import type { Migration } from '../drizzle/migrations.ts'
import type { Invocation } from '../invocation.ts'
import { listByHand, notListed } from '../list/caches-file.ts'
import { literal } from '../sql-text.ts'
import { verb } from '../verb.ts'
import { onWriteOptions, slugOf, versioningArguments, versioningOptions } from '../versioning-arguments.ts'

export const stop = verb({
  operands: 'CACHE',
  about: `Writes the migration that ends the cache's versioning, with the triggers that invalidate it, and removes its name from
the typed list of caches; the type checker then finds what still uses it. With --on-write the migration drops only the
trigger of that table. It needs no database: drizzle-kit migrate applies what it wrote. Reversed by start.`,
  options: versioningOptions(
    'Stop only invalidating on writes to this table (table or schema.table); may be repeated',
  ),
  hasDryRun: true,
  json: '{"migration", "statements", "cachesFile"}',
  examples: ['badges', 'badges --on-write badge_images'],
  async run(given) {
    const { values, dryRun, invocation } = given
    const { cache, tables, file } = versioningArguments(given)
    const wishes = { ...values, dryRun }
    if (file && !file.names.includes(cache)) throw notListed(file, cache)
    if (tables.length > 0) {
      const migration = stopOnWriteMigration(cache, tables, invocation)
      return await makeChange({ tables, migration }, wishes, invocation)
    }
    const migration = stopMigration(cache, invocation)
    if (file)
      return await makeChange({ migration, list: { file, edit: 'remove', cache } }, wishes, invocation)
    const answer = await makeChange({ migration }, wishes, invocation)
    invocation.note(listByHand('remove', cache))
    return answer
  },
})

function stopMigration(cache: string, { command }: Invocation): Migration {
  return {
    name: `stop_${slugOf(cache)}_versioning`,
    comment: [
      `Stops versioning the cache "${cache}" and drops the triggers that invalidate it.`,
      `Reversed by: ${command('start')} ${cache} (with --on-write for each trigger it had)`,
      `In SQL: select start_cache_versioning(${literal(cache)});`,
    ],
    statements: [`select stop_cache_versioning(${literal(cache)});`],
  }
}

function stopOnWriteMigration(cache: string, tables: readonly string[], { command }: Invocation): Migration {
  return {
    name: `stop_invalidating_${slugOf(cache)}_on_write`,
    comment: [
      `Stops invalidating the cache "${cache}" on writes to ${tables.join(', ')}.`,
      `Reversed by: ${command('start')} ${cache} ${onWriteOptions(tables)}`,
      ...tables.map(
        (table) => `In SQL: select invalidate_cache_on_write(${literal(cache)}, ${literal(table)});`,
      ),
    ],
    statements: tables.map(
      (table) => `select stop_invalidating_cache_on_write(${literal(cache)}, ${literal(table)});`,
    ),
  }
}
