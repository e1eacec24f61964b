export { CacheVersionsPage as default } from './cache-versions-page.tsx'

/**
 * The page has no static shell, for nothing of it may be seen before somebody is known. Without Cache Components Next
 * refuses this in the page's file by name, which is why that says `export *`.
 *
 * See docs/decisions/0036-the-admin-page-exports-instant-by-star.md
 */
export const instant = false
