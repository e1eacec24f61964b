import { join } from 'node:path'
import { loadManifest } from 'next/dist/server/load-manifest.external.js'
import { pathOfKey } from './page-key.ts'

/** `.next/prerender-manifest.json`, as far as it is used here. */
interface PrerenderManifest {
  routes?: Record<string, { initialRevalidateSeconds?: number | false } | undefined>
  dynamicRoutes?: Record<string, { fallbackRevalidate?: number | false } | undefined>
}

/**
 * Returns the lifetime in seconds of a page of the build, for pages that do not carry it themselves (Next before 16.4,
 * and fallback shells). Without it such a page would count as fresh for too long, and a request may share its
 * revalidation.
 */
export function lifetimeOfBuild(key: string, serverFolder: string): number | false | undefined {
  const file = join(serverFolder, '../prerender-manifest.json')
  const manifest = loadManifest(file, true, undefined, false, true) as PrerenderManifest | undefined
  const path = pathOfKey(key)
  return (
    manifest?.routes?.[path]?.initialRevalidateSeconds ?? manifest?.dynamicRoutes?.[path]?.fallbackRevalidate
  )
}
