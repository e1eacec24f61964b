import { type CacheName, checkCacheName, invalidateCache, readCacheVersions } from 'next-cache-versions'
import { runCommand } from './command/command.ts'
import { chooseDatabase } from './command/database.ts'
import { logEntry, logOptions, logOptionsHelp } from './command/log-options.ts'
import { table } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'

const help = `Usage: pnpm tsx scripts/invalidate.ts CACHE... [options]

Gives the named caches new versions, all of them or, when one is unknown, none. What was cached under the old ones
is computed again at the next request, on every server.

Options:
${logOptionsHelp}
  --json         Print [{"cache", "previousVersion", "version"}]
  -h, --help     Print this

Example:
  pnpm tsx scripts/invalidate.ts bans settings --reason 'edited in psql'

Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: logOptions,
  async run({ values, positionals }) {
    const caches = [...new Set(positionals)].map(checkCacheName)
    if (caches.length === 0) {
      throw new UsageError('No cache is named. Name one or more, or use: pnpm tsx scripts/invalidate-all.ts')
    }
    await chooseDatabase()
    const before = await versions()
    await invalidateCache(caches as CacheName[], logEntry(values))
    const after = await versions()
    const changes = caches.map((cache) => ({
      cache,
      previousVersion: before[cache] ?? null,
      version: after[cache] ?? null,
    }))
    const rows = changes.map((change) => [
      change.cache,
      `${change.previousVersion ?? 'none'} → ${change.version ?? 'none'}`,
    ])
    return { text: table(rows).join('\n'), json: changes }
  },
})

/** Under names that a person has typed, so any of them may be missing. */
async function versions(): Promise<Readonly<Record<string, string | undefined>>> {
  return await readCacheVersions()
}
