import { type CacheOverview, readCacheOverview } from 'next-cache-versions'
import { runCommand } from './command/command.ts'
import { chooseDatabase } from './command/database.ts'
import { styled } from './command/style.ts'
import { table } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'

const help = `Usage: pnpm tsx scripts/versions.ts [options]

Lists every cache with its version and its last invalidation: when (UTC), by whom, from where, why.

Options:
  --json      Print [{"cache", "version", "invalidatedAt", "actor", "source", "reason"}]
  -h, --help  Print this

Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: {},
  async run({ positionals }) {
    if (positionals.length > 0) throw new UsageError('This command takes no names: it lists every cache.')
    await chooseDatabase()
    const caches = await readCacheOverview()
    return {
      text: listing(caches),
      json: caches.map(({ cache, version, invalidatedAt, actor, source, reason }) => {
        return { cache, version, invalidatedAt, actor, source, reason }
      }),
    }
  },
})

function listing(caches: readonly CacheOverview[]): string {
  if (caches.length === 0) {
    return 'No cache is versioned yet. Start one with: pnpm tsx scripts/start-versioning.ts CACHE'
  }
  const [head = '', ...lines] = table([
    ['CACHE', 'VERSION', 'INVALIDATED', 'BY', 'FROM', 'WHY'],
    ...caches.map((cache) => [
      cache.cache,
      cache.version,
      cache.invalidatedAt ? `${cache.invalidatedAt.toISOString().slice(0, 19).replace('T', ' ')}Z` : '-',
      cache.actor ?? '-',
      cache.source ?? '-',
      cache.reason ?? '-',
    ]),
  ])
  return [styled(process.stdout, 'dim', head), ...lines].join('\n')
}
