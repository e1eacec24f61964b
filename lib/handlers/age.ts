import type { CacheHandlerValue } from 'next/dist/server/lib/incremental-cache/index.js'
import { areTagsStale } from 'next/dist/server/lib/incremental-cache/tags-manifest.external.js'
import { now } from './clock.ts'

const marginMilliseconds = 1000

/** Whether Next may serve the entry and make it anew in the background, because of its age or of a plain tag. */
export function mayBeRenewed(
  data: CacheHandlerValue,
  tags: readonly string[],
  revalidateSeconds: number | false | undefined,
): boolean {
  // A lifetime that is not stored with the entry stands in the manifest of the build.
  if (revalidateSeconds === undefined) return true
  const aged =
    revalidateSeconds !== false && now() > data.lastModified + revalidateSeconds * 1000 - marginMilliseconds
  return aged || areTagsStale([...tags], data.lastModified)
}
