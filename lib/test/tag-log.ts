import { readCacheVersions } from '../versions/read.ts'
import { versionOfTags } from '../versions/rows.ts'
import { stamp } from '../versions/stamp.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'
import { changes, forgetChanges, watchTags } from '../versions/tags/changes.ts'
import { lookUpTagChanges } from '../versions/tags/lookup.ts'

/** What a process that starts knows of the log of tags. */
export function forgetTagLog(): void {
  watchTags()
  forgetChanges()
}

/** The stamp of an entry whose load begins now. */
export async function stampOfNow(): Promise<string> {
  return stamp(cacheOfTags, versionOfTags(await readCacheVersions()) ?? '')
}

/** Asks the log about an entry, as for one that is older than what is in memory. */
export async function lookUpAsOld(tags: readonly string[]): Promise<void> {
  changes.floor = changes.last?.id ?? 0
  await lookUpTagChanges([tags], undefined)
}

/** Writes a log of so many tags, a hundred to a transaction, each a second after the one before. */
export const fillTagLog = `
  insert into cache_invalidations (cache, tag, version, previous_version, txid, invalidated_at)
  select '${cacheOfTags}', 'post:' || n, lpad((n / 100)::text, 8, '0'), lpad((n / 100 - 1)::text, 8, '0'), '3',
    now() - ($1::int - n) * interval '1 second'
  from generate_series(1, $1::int) as n`
