import { now } from '../../base/clock.ts'
import { lifetimeOfBuild } from '../../internals/lifetime-of-build.ts'
import { isStale } from '../../internals/revalidated-tags.ts'
import type { CacheHandlerValue } from '../../internals/types.ts'

/** Next reads the clock a moment after the handler. */
const marginMilliseconds = 10

/** Whether Next serves the entry and revalidates it in the background, because of its age or of a plain tag. */
export function isDue(
  data: CacheHandlerValue,
  tags: readonly string[],
  revalidateSeconds: number | false,
): boolean {
  const aged =
    revalidateSeconds !== false && now() > data.lastModified + revalidateSeconds * 1000 - marginMilliseconds
  return aged || isStale(tags, data.lastModified)
}

/** Returns the lifetime of the page in seconds: its own, or that of the build. */
export function lifetimeOf(
  key: string,
  data: CacheHandlerValue,
  context: { isFallback?: boolean | undefined },
  serverFolder: string,
): number | false {
  return (
    data.cacheControl?.revalidate ?? lifetimeOfBuild(key, serverFolder) ?? (context.isFallback ? false : 1)
  )
}
