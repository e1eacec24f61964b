import { checkCacheName, unknownCache } from '../../versions/name.ts'
import { readCacheVersions } from '../../versions/read.ts'
import type { CacheName } from '../../versions/register.ts'
import { writeInvalidations } from '../../versions/write.ts'
import { columns } from '../columns.ts'
import { withDatabase } from '../database.ts'
import { logEntry, logOptions } from '../log-entry.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

type Versions = Readonly<Record<string, string | undefined>>

export const invalidate = verb({
  operands: 'CACHE...',
  about: `Gives the named caches new versions, all of them or, when one is unknown, none. What was cached under the old ones
is computed again at the next request, on every server. For tags and paths: invalidate-tag.`,
  options: logOptions,
  hasDryRun: true,
  json: '[{"cache", "previousVersion", "version"}]',
  examples: ["bans settings --reason 'edited in psql'"],
  async run({ values, operands, dryRun, invocation }) {
    const caches = [...new Set(operands)].map(checkCacheName)
    if (caches.length === 0) {
      throw new UsageError(
        `No cache is named. Name one or more, or use: ${invocation.command('invalidate-all')}`,
      )
    }
    const [before, after] = await withDatabase(invocation, async () => {
      const before = await versions()
      if (dryRun) checkKnown(caches, before)
      else await writeInvalidations(caches as CacheName[], logEntry(values, invocation.env))
      return [before, dryRun ? {} : await versions()]
    })
    const changes = caches.map((cache) => ({
      cache,
      previousVersion: before[cache] ?? null,
      version: after[cache] ?? null,
    }))
    const rows = changes.map(({ cache, previousVersion, version }) => [
      cache,
      dryRun ? `${previousVersion} would change` : `${previousVersion ?? 'none'} → ${version ?? 'none'}`,
    ])
    return { text: columns(rows).join('\n'), json: changes }
  },
})

/** Under names that a person has typed, so any of them may be missing. */
async function versions(): Promise<Versions> {
  return await readCacheVersions()
}

function checkKnown(caches: readonly string[], known: Versions): void {
  for (const cache of caches) if (known[cache] === undefined) throw unknownCache(cache, Object.keys(known))
}
