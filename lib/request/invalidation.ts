import type { InvalidateOptions } from '../versions/write.ts'
import { announce, currentPlace } from './announce.ts'
import { currentRequest } from './state.ts'

/**
 * Writes an invalidation by `write`, drops the snapshot of the request, and announces the names that were written to
 * Next. With `expireSeconds` their entries are stale only for so long.
 *
 * See docs/decisions/0004-no-snapshot-after-an-invalidation-in-a-transaction.md
 */
export async function invalidation<Names extends readonly string[]>(
  options: InvalidateOptions & { expireSeconds?: number },
  write: (source: string) => Promise<Names>,
): Promise<Names> {
  // First, because a prerender must stop here, before it writes anything.
  const request = await currentRequest()
  const place = currentPlace()
  const names = await write(options.source ?? (place === 'elsewhere' ? 'app' : place))
  if (request) {
    request.snapshot = undefined
    request.written = true
    if (options.tx) request.uncommitted = true
  }
  // After the write: Next treats an entry that is created between the two as fresh.
  announce(names, place, options.expireSeconds)
  return names
}
