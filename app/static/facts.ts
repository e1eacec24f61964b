import { count } from 'drizzle-orm'
import { cacheVersion } from 'next-cache-versions/next'
import { bans, categories, settings } from '../../drizzle/forum.ts'
import { database } from '../database.ts'

/** A few facts about the forum, computed while the page was made and kept as part of it. */
export async function forumFacts() {
  'use cache'
  // Before the data is read: what is found under these versions is never older than they are.
  const versions = await cacheVersion('settings', 'categories', 'bans')
  const [[row], [inTree], [banned]] = await Promise.all([
    database().select({ name: settings.forumName, welcome: settings.welcome }).from(settings),
    database().select({ rows: count() }).from(categories),
    database().select({ rows: count() }).from(bans),
  ])
  return {
    name: row?.name ?? 'Forum',
    welcome: row?.welcome ?? '',
    categories: inTree?.rows ?? 0,
    bans: banned?.rows ?? 0,
    versions: versions.split(':'),
    computedAt: new Date(),
  }
}
