import { runCommand } from './command/command.ts'
import { CommandError } from './command/command-error.ts'
import { chooseDatabase, databaseAddress } from './command/database.ts'
import { UsageError } from './command/usage-error.ts'
import { connect, isUnavailable } from './postgres/connection.ts'

const help = `Usage: pnpm tsx scripts/prune.ts [options]

Deletes old lines of the log, in short transactions that are in nobody's way. The newest line of each cache stays
however old it is, so that its last invalidation remains known.

Options:
  --older-than AGE  How old: a number and h, d or w, as in 12h, 90d or 8w (default: 90d)
  --json            Print {"deleted", "olderThan"}
  -h, --help        Print this

Example, once a day:
  pnpm tsx scripts/prune.ts --older-than 30d

In SQL, until it returns 0: select prune_cache_invalidations('30 days');
Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: { 'older-than': { type: 'string' } },
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('This command takes no names: it prunes the whole log.')
    const olderThan = ageOf(values['older-than'] ?? '90d')
    await chooseDatabase()
    const deleted = await prune(olderThan)
    return {
      text: `Deleted ${deleted} ${deleted === 1 ? 'line' : 'lines'} older than ${olderThan}.`,
      json: { deleted, olderThan },
    }
  },
})

function ageOf(text: string): string {
  if (/^[0-9]{1,6}[hdw]$/.test(text)) return text
  throw new UsageError(`${JSON.stringify(text)} is not an age. Write a number and h, d or w, as in 90d.`)
}

async function prune(olderThan: string): Promise<number> {
  const url = process.env.CACHE_VERSIONS_DATABASE_URL || process.env.DATABASE_URL || ''
  const sql = connect(url, 'cache-versions prune')
  try {
    await sql`set statement_timeout = '60s'`
    for (let deleted = 0; ; ) {
      const [row] = await sql<{ lines: number }[]>`
        select prune_cache_invalidations(${olderThan}::interval) as lines`
      if (!row?.lines) return deleted
      deleted += row.lines
    }
  } catch (error) {
    throw pruneError(error)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function pruneError(cause: unknown): unknown {
  if (isUnavailable(cause)) {
    return new CommandError(
      `Postgres at ${databaseAddress()} cannot be reached. Start it, or correct DATABASE_URL.`,
      { cause },
    )
  }
  if ((cause as { code?: string }).code === '42883') {
    return new CommandError(
      'The database has no function to prune with. Run the migrations: pnpm drizzle-kit migrate',
      { cause },
    )
  }
  return cause
}
