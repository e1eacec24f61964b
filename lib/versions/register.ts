/**
 * The names of the app's caches. Augment it once, on the root name of the package. The import makes the compiler resolve
 * the package, which it does not do for the name alone, and disappears when the code runs:
 *
 * ```ts
 * import type {} from 'next-cache-versions'
 *
 * export const caches = ['settings', 'bans'] as const
 *
 * declare module 'next-cache-versions' {
 *   interface Register {
 *     caches: (typeof caches)[number]
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is empty until the app augments it.
export interface Register {}

/** The name of a versioned cache: the names in {@link Register}, or any string while the app registers none. */
export type CacheName = Register extends { caches: infer Name extends string } ? Name : string

/** The versions that one request works with: a version of 8 characters for each cache. Frozen. */
export type CacheVersions = Readonly<Record<CacheName, string>>
