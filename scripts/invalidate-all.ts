import { invalidateAllCaches } from 'next-cache-versions'
import { runCommand } from './command/command.ts'
import { chooseDatabase } from './command/database.ts'
import { logEntry, logOptions, logOptionsHelp } from './command/log-options.ts'
import { UsageError } from './command/usage-error.ts'

const help = `Usage: pnpm tsx scripts/invalidate-all.ts [options]

Gives every cache a new version: whatever was cached is computed again at the next request, on every server.

Options:
${logOptionsHelp}
  --json         Print {"invalidated": [the names]}
  -h, --help     Print this

Example:
  pnpm tsx scripts/invalidate-all.ts --reason 'restored a backup'

Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: logOptions,
  async run({ values, positionals }) {
    if (positionals.length > 0) {
      throw new UsageError(
        `This command takes no names. To invalidate only some: pnpm tsx scripts/invalidate.ts ${positionals.join(' ')}`,
      )
    }
    await chooseDatabase()
    const invalidated = await invalidateAllCaches(logEntry(values))
    const count = invalidated.length === 1 ? '1 cache' : `${invalidated.length} caches`
    return { text: `Invalidated ${count}.`, json: { invalidated } }
  },
})
