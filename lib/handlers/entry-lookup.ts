import type { CacheEntry } from 'next/dist/server/lib/cache-handlers/types.js'
import { nextRequest } from '../request/next-request.ts'
import { Joinable } from './joinable.ts'

/** Looks an entry of `'use cache'` up. What finds none begins its load, which Next shares with all who want it. */
export async function lookUpEntry(
  key: string,
  lookUp: () => Promise<CacheEntry | undefined>,
): Promise<CacheEntry | undefined> {
  // A draft is not shared.
  if (nextRequest()?.isDraftMode) return await lookUp()
  const joinable = new Joinable(entryKey(key), undefined)
  try {
    const entry = await lookUp()
    // An entry that is due may be made anew before it is given to anybody.
    if (!entry || entry.revalidate < 0) joinable.loads()
    return entry
  } finally {
    if (joinable.shows === undefined) joinable.end()
    else joinable.endWithAnswer()
  }
}

export function entryKey(key: string): string {
  return `entry ${key}`
}
