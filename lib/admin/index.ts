export { CacheVersionsPage, type CacheVersionsPageProps } from './cache-versions-page.tsx'
