import { join } from 'node:path'
import type { CacheHandlerValue } from 'next/dist/server/lib/incremental-cache/index.js'
import { areTagsStale } from 'next/dist/server/lib/incremental-cache/tags-manifest.external.js'
import { loadManifest } from 'next/dist/server/load-manifest.external.js'
import { now } from '../../base/clock.ts'
import { pathOf } from '../sharing/page-loads.ts'

/** Next looks at the time a moment after the handler. */
const marginMilliseconds = 10

/** Whether Next makes the entry anew in the background while it serves it, because of its age or of a plain tag. */
export function isDue(
  data: CacheHandlerValue,
  tags: readonly string[],
  revalidateSeconds: number | false,
): boolean {
  const aged =
    revalidateSeconds !== false && now() > data.lastModified + revalidateSeconds * 1000 - marginMilliseconds
  return aged || areTagsStale([...tags], data.lastModified)
}

/** How many seconds the page lives: it says so itself, or the build does. */
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

interface PrerenderManifest {
  routes: Record<string, { initialRevalidateSeconds?: number | false } | undefined>
  dynamicRoutes: Record<string, { fallbackRevalidate?: number | false } | undefined>
}

function lifetimeOfBuild(key: string, serverFolder: string): number | false | undefined {
  const manifest = loadManifest(
    join(serverFolder, '../prerender-manifest.json'),
    true,
    undefined,
    false,
    true,
  ) as PrerenderManifest | undefined
  const path = pathOf(key)
  return manifest?.routes[path]?.initialRevalidateSeconds ?? manifest?.dynamicRoutes[path]?.fallbackRevalidate
}
