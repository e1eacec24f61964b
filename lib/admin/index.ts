export { CacheVersionsPage, type CacheVersionsPageProps } from './page.tsx'
