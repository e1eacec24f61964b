import { desc } from 'drizzle-orm'
import { type CacheVersions, cacheKey } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { cache } from 'react'
import { bans } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { served } from '../receipt/served.ts'

export type Ban = typeof bans.$inferSelect

export const bansKey = (versions: CacheVersions) => cacheKey('bans', versions, ['bans'])

export const getBans = cache(async () => {
  const versions = await getCacheVersions()
  return served(bansKey(versions), versions, ['bans'], loadBans)
})

async function loadBans(): Promise<Ban[]> {
  return await database().select().from(bans).orderBy(desc(bans.createdAt), desc(bans.id))
}

/** The ban that keeps a name out, if there is one. Letters count the same in either case. */
export function banOf(name: string, list: readonly Ban[]): Ban | undefined {
  return list.find((ban) => matches(name.toLowerCase(), ban.name.toLowerCase()))
}

/** Whether the name is what the pattern stands for. Looks at each part once: a ban must not cost a server its time. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*')
  const first = parts.shift() ?? ''
  const last = parts.pop()
  if (last === undefined) return name === pattern
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false
  let position = first.length
  for (const part of parts) {
    const found = name.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return position <= name.length - last.length
}
