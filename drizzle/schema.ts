// Everything the database of this app holds: the tables of the package, and the forum's.
export * from 'next-cache-versions/schema'
export * from './forum.ts'
