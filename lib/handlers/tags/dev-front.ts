import { now } from '../../base/clock.ts'
import { isDevServer } from '../../internals/phase.ts'
import { expireTag, tagOfEverything } from '../../internals/revalidated-tags.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { changes } from '../../versions/tags/changes.ts'
import { sharesTags } from '../settings.ts'
import { currentVersions } from '../verdict/current.ts'

/** Up to where the cache has been told. */
let told: { readonly versions: Readonly<Record<string, string>>; readonly line: number } | undefined

/**
 * Expires the changed caches and tags in the cache that `next dev` keeps in front of the handlers (`use-cache/handlers.js`).
 * It serves its entries first, and asks the handlers afterwards, but it obeys tags that were revalidated in this process,
 * and each entry that depends on a version has the name of its cache among its tags. Without Postgres it serves what it
 * has.
 */
export async function tellFrontOfDev(): Promise<void> {
  if (!isDevServer()) return
  const versions = await currentVersions().catch(() => undefined)
  if (!versions) return
  for (const tag of told ? changedSince(told, versions) : []) expireTag(tag, now())
  told = { versions, line: changes.last?.id ?? 0 }
}

function changedSince(before: NonNullable<typeof told>, versions: CacheVersions): string[] {
  const caches = Object.entries<string>(versions).filter(
    ([cache, version]) => before.versions[cache] !== version,
  )
  const names = caches.map(([cache]) => cache)
  if (!sharesTags()) return names
  const tags = [...changes.tags.entries()].filter(
    ([, { expired, stale }]) => Math.max(expired, stale) > before.line,
  )
  const everything = changes.newestPrefix > before.line ? [tagOfEverything] : []
  return [...names, ...tags.map(([tag]) => tag), ...everything]
}
