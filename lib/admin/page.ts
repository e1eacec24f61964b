export { CacheVersionsPage as default } from './cache-versions-page.tsx'

/**
 * The page has no static shell, for nothing of it may be seen before somebody is known. Without Cache Components Next
 * refuses this in the page's file by name, which is why that says `export *`.
 */
export const instant = false
