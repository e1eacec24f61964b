import { readCacheVersions } from '../../versions/read.ts'
import { writeAllInvalidations } from '../../versions/write.ts'
import { withDatabase } from '../database.ts'
import { logEntry, logOptions } from '../log-entry.ts'
import { verb } from '../verb.ts'

export const invalidateAll = verb({
  about: `Gives every cache a new version: whatever was cached is computed again at the next request, on every server.
Tags and paths that are no caches are invalidated with them, and do not count.`,
  options: logOptions,
  operandsHint: (names, { command }) => `To invalidate only some: ${command('invalidate')} ${names}`,
  hasDryRun: true,
  json: '{"invalidated": [the names]}',
  examples: ["--reason 'restored a backup'"],
  async run({ values, dryRun, invocation }) {
    const invalidated = await withDatabase(invocation, async () =>
      dryRun
        ? Object.keys(await readCacheVersions())
        : await writeAllInvalidations(logEntry(values, invocation.env)),
    )
    const count = invalidated.length === 1 ? '1 cache' : `${invalidated.length} caches`
    return { text: `${dryRun ? 'Would invalidate' : 'Invalidated'} ${count}.`, json: { invalidated } }
  },
})
