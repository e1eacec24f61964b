import { type CacheVersions, cacheKey } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { cache } from 'react'
import { settings } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { served } from '../receipt/served.ts'

type Settings = Pick<typeof settings.$inferSelect, 'forumName' | 'welcome' | 'postsPerPage'>

const settingsKey = (versions: CacheVersions) => cacheKey('settings', versions, ['settings'])

/** React's `cache` lets the layout, the title and the page share one look-up, and so one receipt. */
export const getSettings = cache(async () => {
  const versions = await getCacheVersions()
  return served(settingsKey(versions), versions, ['settings'], loadSettings)
})

async function loadSettings(): Promise<Settings> {
  const { forumName, welcome, postsPerPage } = settings
  const [row] = await database().select({ forumName, welcome, postsPerPage }).from(settings)
  return row ?? { forumName: 'Forum', welcome: '', postsPerPage: 20 }
}
