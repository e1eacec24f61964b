import { adoption, release } from './adopt/migration.ts'
import { runCommand } from './command/command.ts'
import { rememberMigrations, writeMigration } from './command/migrations.ts'
import { tableName } from './command/sql.ts'
import { UsageError } from './command/usage-error.ts'

const help = `Usage: pnpm tsx scripts/adopt.ts --table TABLE [options]

Writes the migration that makes this app share the cache versions of another program, such as Misago, in one database.
The table of the other program holds them from then on, and cache_versions becomes a view of it; an invalidation by
either side is seen by both. The table needs the columns cache, its primary key, and version. It needs no database:
pnpm drizzle-kit migrate applies what it wrote.

Options:
  --table TABLE  The table of the other program (table or schema.table)
  --reverse      Write the migration that gives cache_versions a table of its own again
  --json         Print {"migration", "statements"}
  -h, --help     Print this

Example:
  pnpm tsx scripts/adopt.ts --table misago_cache_cacheversion

Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: { table: { type: 'string' }, reverse: { type: 'boolean' } },
  async run({ values, positionals }) {
    if (positionals.length > 0 || values.table === undefined) {
      throw new UsageError('No table is named. Name the one that holds the versions with --table.')
    }
    const table = tableName(values.table)
    const migration = values.reverse ? release(table) : adoption(table)
    const path = await writeOrRestore(() => writeMigration(migration, new AbortController().signal))
    return {
      text: [
        `Wrote ${path}:`,
        ...migration.statements.map((statement) => `  ${statement.replaceAll('\n', '\n  ')}`),
        'Apply it: pnpm drizzle-kit migrate',
      ].join('\n'),
      json: { migration: path, statements: migration.statements },
    }
  },
})

/** Writes all of it or, when something fails, nothing. */
async function writeOrRestore(write: () => Promise<string>): Promise<string> {
  const restore = rememberMigrations()
  try {
    return await write()
  } catch (error) {
    restore()
    throw error
  }
}
