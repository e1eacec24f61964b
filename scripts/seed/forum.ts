import type { bans, categories, groups, permissionRules, settings } from '../../drizzle/forum.ts'
import { roots } from './words.ts'

export const seedSettings: typeof settings.$inferInsert = {
  forumName: 'Lakeside Makers',
  welcome: 'A quiet place for people who build, grow, mend and cook. Be kind, show your work.',
  postsPerPage: 20,
}

export const seedGroups: (typeof groups.$inferInsert)[] = [
  { id: 1, name: 'Administrators' },
  { id: 2, name: 'Moderators' },
  { id: 3, name: 'Supporters' },
  { id: 4, name: 'Members' },
  { id: 5, name: 'New members' },
  { id: 6, name: 'Guests' },
]

const everything = ['see', 'read', 'start', 'reply', 'moderate']

/** What each group may do unless a category says otherwise. */
const usual: Record<number, readonly string[]> = {
  1: everything,
  2: everything,
  3: ['see', 'read', 'start', 'reply'],
  4: ['see', 'read', 'start', 'reply'],
  5: ['see', 'read', 'reply'],
  6: ['see', 'read'],
}

type Category = typeof categories.$inferInsert & { id: number }

/** The tree, parents before children: 10 roots, 6 branches each, 4 leaves a branch, so 310 in all. */
export function seedCategories(): Category[] {
  const tree: Category[] = []
  const add = (name: string, parentId?: number) => {
    const id = tree.length + 1
    tree.push({ id, name, parentId: parentId ?? null })
    return id
  }
  for (const { name, branches, leaves } of roots) {
    const root = add(name)
    for (const branch of branches) {
      const middle = add(branch, root)
      for (const leaf of leaves) add(leaf, middle)
    }
  }
  return tree
}

/** A rule for each group, root and permission, and exceptions further down: staff rooms, archives, quiet corners. */
export function seedRules(): (typeof permissionRules.$inferInsert)[] {
  const tree = seedCategories()
  const rules: (typeof permissionRules.$inferInsert)[] = []
  for (const [group, may] of Object.entries(usual)) {
    const groupId = Number(group)
    const except = (categoryId: number, permission: string, allowed: boolean) =>
      rules.push({ groupId, categoryId, permission, allowed })

    for (const { id, parentId } of tree) {
      if (parentId === null) for (const right of everything) except(id, right, may.includes(right))
      else if (id % 23 === 0 && groupId > 2) except(id, 'see', false)
      else if (id % 17 === 0 && groupId > 3) except(id, 'read', false)
      else if (id % 11 === 0 && groupId > 1) except(id, 'start', false)
      else if (id % 13 === 0 && groupId === 5) except(id, 'start', true)
      else if (id % 19 === 0 && groupId === 3) except(id, 'moderate', true)
    }
  }
  return rules
}

export function seedBans(): (typeof bans.$inferInsert)[] {
  const day = 24 * 60 * 60 * 1000
  const first = Date.parse('2026-02-03T09:12:00Z')
  return [
    ['cheap-watches*', 'Sells watches in every topic'],
    ['*casino*', 'Advertising'],
    ['trouble', 'Insults after three warnings'],
    ['admin*', 'Looks like staff'],
    ['moderator*', 'Looks like staff'],
    ['crypto-king', 'Asked members for money'],
    ['xx_spam_*', 'Sign-ups by a machine'],
    ['grumbleton', 'Left a flood of empty posts'],
    ['free-gift-*', 'Advertising'],
    ['nobody_1987', 'Second account of a banned member'],
    ['seo.expert*', 'Links in signatures'],
    ['rude-goose', 'Personal attacks in Fermenting'],
  ].map(([name = '', reason = ''], index) => ({
    name,
    reason,
    createdAt: new Date(first + index * 17.3 * day),
  }))
}
