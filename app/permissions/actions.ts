'use server'

import { eq } from 'drizzle-orm'
import { invalidateCache } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { categories, groups, permissionRules } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { done, type Outcome } from '../form/outcome.ts'
import { type Rule, readForm, rowId } from '../form/read-form.ts'
import { type Permission, permissions } from './acl.ts'

interface Change {
  readonly categoryId: number
  readonly permission: Permission
  readonly allowed: boolean
}

// This demo has no users; your action checks who asks first.
export async function setPermission(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, { group: rowId, change })
  if (refusal) return { message: 'Nothing was changed: choose a group and a button of the table.' }

  const before = await getCacheVersions()
  const { categoryId, permission, allowed } = values.change
  const names = await database().transaction(async (tx) => {
    const [found] = await tx
      .select({ group: groups.name, category: categories.name })
      .from(groups)
      .innerJoin(categories, eq(categories.id, categoryId))
      .where(eq(groups.id, values.group))
    if (!found) return undefined
    await tx
      .insert(permissionRules)
      .values({ groupId: values.group, categoryId, permission, allowed })
      .onConflictDoUpdate({
        target: [permissionRules.groupId, permissionRules.categoryId, permissionRules.permission],
        set: { allowed },
      })
    const reason = `${found.group} ${allowed ? 'may' : 'may not'} ${permission} in ${found.category}`
    await invalidateCache('permissions', { tx, reason, actor: 'demo' })
    return found
  })
  if (!names) return { message: 'Nothing was changed: there is no such group or category any more.' }
  const verb = allowed ? 'may now' : 'may no longer'
  return done(`${names.group} ${verb} ${permission} in ${names.category}.`, before, await getCacheVersions())
}

/** `12:reply:no`, as the buttons of the table send it. */
const change: Rule<Change> = (typed) => {
  const [category = '', name, answer, ...rest] = typed.split(':')
  const id = rowId(category)
  const permission = permissions.find((known) => known === name)
  if ('value' in id && permission && (answer === 'yes' || answer === 'no') && rest.length === 0) {
    return { value: { categoryId: id.value, permission, allowed: answer === 'yes' } }
  }
  return { problem: 'Choose a button of the table.' }
}
