'use server'

import { eq } from 'drizzle-orm'
import { invalidateCache } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { categories } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { done, type Outcome } from '../form/outcome.ts'
import { type Rule, readForm, rowId, text } from '../form/read-form.ts'
import { pathIds } from './path-ids.ts'

// This demo has no users; your actions check who asks first.
export async function renameCategory(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, { category: rowId, name: categoryName })
  if (refusal) return refusal

  const before = await getCacheVersions()
  const renamed = await database().transaction(async (tx) => {
    const rows = await tx
      .update(categories)
      .set({ name: values.name })
      .where(eq(categories.id, values.category))
      .returning()
    if (rows.length > 0) {
      await invalidateCache('categories', { tx, reason: `renamed to ${values.name}`, actor: 'demo' })
    }
    return rows.length > 0
  })
  if (!renamed) return missing
  return done(`The category is now “${values.name}”.`, before, await getCacheVersions())
}

export async function addCategory(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, { parent: optionalRowId, name: categoryName })
  if (refusal) return refusal

  const before = await getCacheVersions()
  const { parent, name } = values
  const added = await database().transaction(async (tx) => {
    if (parent !== null) {
      const depth = (await pathIds(tx, parent)).length
      if (depth === 0 || depth > 2) return false
    }
    await tx.insert(categories).values({ name, parentId: parent })
    await invalidateCache('categories', { tx, reason: `${name} added`, actor: 'demo' })
    return true
  })
  if (!added) return missing
  return done(`“${name}” is added.`, before, await getCacheVersions())
}

const missing: Outcome = {
  message:
    'Nothing was changed: there is no such category, or it is on the lowest level. Choose another one.',
}

const categoryName = text({ min: 2, max: 60 })

const optionalRowId: Rule<number | null> = (typed) => (typed === '' ? { value: null } : rowId(typed))
