import type { CacheEntry } from 'next/dist/server/lib/cache-handlers/types.js'
import { nextRequest } from '../request/next-request.ts'
import { Joinable } from './joinable.ts'

/**
 * Looks an entry of `'use cache'` up. What finds none begins its load, which Next shares with all who want it; so does
 * what says before that it waits for somebody else's load.
 */
export async function lookUpEntry(
  key: string,
  lookUp: (loadBegins: () => void) => Promise<CacheEntry | undefined>,
): Promise<CacheEntry | undefined> {
  // A draft is not shared.
  if (nextRequest()?.isDraftMode) return await lookUp(() => {})
  const joinable = new Joinable()
  joinable.key = entryKey(key)
  let mayLoad = false
  try {
    const entry = await lookUp(() => joinable.loads())
    // An entry that is due may be made anew before it is given to anybody.
    mayLoad = !entry || entry.revalidate < 0
    return entry
  } finally {
    if (mayLoad) {
      joinable.loads()
      joinable.endWithAnswer()
    } else {
      joinable.end()
    }
  }
}

export function entryKey(key: string): string {
  return `entry ${key}`
}
