import { adoption, release } from '../adoption.ts'
import { changeOptions, makeChange } from '../change.ts'
import { tableName } from '../sql-text.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

export const adopt = verb({
  about: `Writes the migration that makes this app share the cache versions of another program, such as Misago, in one database.
The table of the other program holds them from then on, and cache_versions becomes a view of it; an invalidation by
either side is seen by both. The table needs the columns cache, its primary key, and version. It needs no database:
drizzle-kit migrate applies what it wrote.`,
  options: {
    table: {
      type: 'string',
      value: 'TABLE',
      about: 'The table of the other program (table or schema.table)',
    },
    reverse: {
      type: 'boolean',
      about: 'Write the migration that gives cache_versions a table of its own again',
    },
    ...changeOptions,
  },
  hasDryRun: true,
  json: '{"migration", "statements", "cachesFile"}',
  examples: ['--table misago_cache_cacheversion'],
  async run({ values, dryRun, invocation }) {
    if (values.table === undefined) {
      throw new UsageError('No table is named. Name the one that holds the versions with --table.')
    }
    const table = tableName(values.table)
    const command = invocation.command('adopt')
    const migration = values.reverse ? release(table, command) : adoption(table, command)
    return await makeChange({ migration }, { ...values, dryRun }, invocation)
  },
})
