import type { Answer } from './command.ts'
import { CommandError } from './command-error.ts'
import { warnOfUnknownTables } from './known-tables.ts'
import { type Migration, rememberMigrations, writeMigration } from './migrations.ts'
import { edited, type Registry, writeRegistry } from './registry.ts'

/** A change of what is versioned: the migration that makes it and, unless only triggers change, the registry. */
export interface VersioningChange {
  cache: string
  /** Those whose triggers change, as Postgres spells them. */
  tables: readonly string[]
  registry: Registry
  edit?: 'add' | 'remove'
  migration: Migration
}

/** Writes all of the change or, when something fails or a signal interrupts it, nothing. */
export async function writeChange(change: VersioningChange): Promise<Answer> {
  const { cache, tables, registry, edit, migration } = change
  const text = edit && edited(registry, edit, cache)
  const restoreMigrations = rememberMigrations()
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort(new CommandError('The command was interrupted, so nothing was written. Run it again.'))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    const path = await writeMigration(migration, interruption.signal)
    interruption.signal.throwIfAborted()
    if (text !== undefined) writeRegistry(registry, text)
    warnOfUnknownTables(tables)
    return answer(path, change)
  } catch (error) {
    restoreMigrations()
    throw error
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

function answer(path: string, { cache, registry, edit, migration }: VersioningChange): Answer {
  const edits = { add: `Added "${cache}" to`, remove: `Removed "${cache}" from` }
  return {
    text: [
      `Wrote ${path}:`,
      ...migration.statements.map((statement) => `  ${statement}`),
      ...(edit ? [`${edits[edit]} ${registry.shown}.`] : []),
      'Apply it: pnpm drizzle-kit migrate',
    ].join('\n'),
    json: {
      migration: path,
      statements: migration.statements,
      registry: edit ? registry.shown : null,
    },
  }
}
