import type {} from 'next-cache-versions'

/** The caches of the forum, named once: for the types, and for loops over all of them. */
export const caches = ['settings', 'categories', 'permissions', 'bans'] as const

declare module 'next-cache-versions' {
  interface Register {
    caches: (typeof caches)[number]
  }
}
