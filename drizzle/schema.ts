// Everything the database of this app holds: the tables of the package, and the forum's.
export { cacheInvalidations, cacheVersions } from 'next-cache-versions/schema'
export * from './forum.ts'
