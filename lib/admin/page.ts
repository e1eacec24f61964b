export { CacheVersionsPage as default } from './cache-versions-page.tsx'

/**
 * The page has no static shell: nothing of it may be shown before the visitor is identified. Without Cache Components
 * Next refuses this export in the page's file by its name, so that file has `export *`.
 *
 * See docs/decisions/0036-the-admin-page-exports-instant-by-star.md
 */
export const instant = false
