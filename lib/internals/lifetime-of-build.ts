import { join } from 'node:path'
import { loadManifest } from 'next/dist/server/load-manifest.external.js'
import { pathOfKey } from './page-key.ts'

/** `.next/prerender-manifest.json`, as far as it is used here. */
interface PrerenderManifest {
  routes: Record<string, { initialRevalidateSeconds?: number | false } | undefined>
  dynamicRoutes: Record<string, { fallbackRevalidate?: number | false } | undefined>
}

/**
 * Returns how many seconds a page of the build lives, which the page itself does not say (Next before 16.4, and
 * fallback shells). Without it such a page is taken for due too late, and a request may share its revalidation.
 */
export function lifetimeOfBuild(key: string, serverFolder: string): number | false | undefined {
  const file = join(serverFolder, '../prerender-manifest.json')
  const manifest = loadManifest(file, true, undefined, false, true) as PrerenderManifest | undefined
  const path = pathOfKey(key)
  return manifest?.routes[path]?.initialRevalidateSeconds ?? manifest?.dynamicRoutes[path]?.fallbackRevalidate
}
