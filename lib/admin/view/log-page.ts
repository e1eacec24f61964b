import { typedPathTags } from '../../internals/path-tags.ts'
import { type CacheInvalidation, readCacheInvalidations } from '../../versions/log.ts'
import type { Address } from '../access/address.ts'

/** The number of lines on a page. */
export const logPageLength = 20

/** Reads a page of the log, and one line more than is shown, to know whether there are older ones. */
export async function readLogPage({ tag, before }: Address): Promise<CacheInvalidation[]> {
  return await readCacheInvalidations({
    limit: logPageLength + 1,
    ...(before ? { before } : {}),
    ...(tag ? { tag: beginning(tag) } : {}),
  })
}

/** The tags that begin so. A path begins with `/`. */
function beginning(text: string): string {
  const pattern = `${text.replace(/\*+$/, '')}*`
  return pattern.startsWith('/') ? typedPathTags(pattern).join() : pattern
}
