import { now } from '../../base/clock.ts'
import { isDevServer } from '../../internals/phase.ts'
import { expireTag } from '../../internals/revalidated-tags.ts'
import { currentVersions } from '../verdict/current.ts'

let told: Readonly<Record<string, string>> | undefined

/**
 * Expires the changed caches in the cache that `next dev` keeps in front of the handlers (`use-cache/handlers.js`). It
 * serves its entries first, and asks the handlers afterwards, but it obeys tags that were revalidated in this process,
 * and each entry that depends on a version has the name of its cache among its tags. Without Postgres it serves what it
 * has.
 */
export async function tellFrontOfDev(): Promise<void> {
  if (!isDevServer()) return
  const versions = await currentVersions().catch(() => undefined)
  if (!versions) return
  for (const [cache, version] of Object.entries<string>(versions)) {
    if (told && told[cache] !== version) expireTag(cache, now())
  }
  told = versions
}
