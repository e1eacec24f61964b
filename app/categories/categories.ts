import { asc } from 'drizzle-orm'
import { type CacheVersions, cacheKey } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { cache } from 'react'
import { categories } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { served } from '../receipt/served.ts'

export interface Category {
  readonly id: number
  readonly name: string
  readonly below: readonly Category[]
}

const categoriesKey = (versions: CacheVersions) => cacheKey('categories', versions, ['categories'])

export const getCategories = cache(async () => {
  const versions = await getCacheVersions()
  return served(categoriesKey(versions), versions, ['categories'], loadCategories)
})

async function loadCategories(): Promise<Category[]> {
  const rows = await database().select().from(categories).orderBy(asc(categories.id))
  const nodes = new Map(rows.map(({ id, name }) => [id, { id, name, below: [] as Category[] }]))
  const roots: Category[] = []
  for (const { id, parentId } of rows) {
    const node = nodes.get(id)
    if (!node) continue
    const siblings = parentId === null ? roots : nodes.get(parentId)?.below
    siblings?.push(node)
  }
  return roots
}

/** The way from a root down to the category with this id, or nothing when there is none. */
export function pathTo(id: number, tree: readonly Category[]): Category[] {
  for (const category of tree) {
    if (category.id === id) return [category]
    const rest = pathTo(id, category.below)
    if (rest.length > 0) return [category, ...rest]
  }
  return []
}

export function countBelow(category: Category): number {
  return category.below.reduce((count, child) => count + 1 + countBelow(child), 0)
}
