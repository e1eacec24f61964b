import { now } from '../../base/clock.ts'
import { isDevServer } from '../../internals/phase.ts'
import { expireTag } from '../../internals/revalidated-tags.ts'
import { currentVersions } from '../verdict/current.ts'

let told: Readonly<Record<string, string>> | undefined

/**
 * Tells the cache that `next dev` keeps in front of the handlers which versions have changed. It serves its entries
 * first and asks the handlers afterwards, but it obeys the tags that were revalidated in this process, and each entry
 * that depends on a version has the name of the cache among its tags. Without Postgres it serves as ever.
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
