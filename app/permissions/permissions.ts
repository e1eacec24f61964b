import { asc, eq } from 'drizzle-orm'
import { type CacheVersions, cacheKey } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { cache } from 'react'
import { categories, groups, permissionRules } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { served } from '../receipt/served.ts'
import { type Acl, resolveAcl } from './acl.ts'

type Group = typeof groups.$inferSelect

/** A new version of either cache makes a new key: a rule may have changed, or the tree it is inherited through. */
export const aclKey = (versions: CacheVersions, groupId: number) =>
  cacheKey('acl', versions, ['permissions', 'categories'], groupId)

export const getAcl = cache(async (groupId: number) => {
  const versions = await getCacheVersions()
  return served(aclKey(versions, groupId), versions, ['permissions', 'categories'], () => loadAcl(groupId))
})

const groupsKey = (versions: CacheVersions) => cacheKey('groups', versions, ['permissions'])

export const getGroups = cache(async () => {
  const versions = await getCacheVersions()
  return served(groupsKey(versions), versions, ['permissions'], loadGroups)
})

async function loadAcl(groupId: number): Promise<Acl> {
  const db = database()
  const [tree, rules] = await Promise.all([
    db.select({ id: categories.id, parentId: categories.parentId }).from(categories),
    db.select().from(permissionRules).where(eq(permissionRules.groupId, groupId)),
  ])
  return resolveAcl(tree, rules)
}

async function loadGroups(): Promise<Group[]> {
  return await database().select().from(groups).orderBy(asc(groups.id))
}
