'use server'

import { eq } from 'drizzle-orm'
import { invalidateCache } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { bans } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { done, type Outcome, refused } from '../form/outcome.ts'
import { type Rule, readForm, rowId, text } from '../form/read-form.ts'

// This demo has no users; your actions check who asks first.
export async function addBan(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, { name: bannedName, reason: text({ min: 3, max: 200 }) })
  if (refusal) return refusal

  const before = await getCacheVersions()
  const added = await database().transaction(async (tx) => {
    const rows = await tx.insert(bans).values(values).onConflictDoNothing().returning()
    if (rows.length > 0) {
      await invalidateCache('bans', { tx, reason: `${values.name} banned`, actor: 'demo' })
    }
    return rows.length > 0
  })
  if (!added) return refused(data, 'name', `“${values.name}” is banned already.`)
  return done(`“${values.name}” is banned.`, before, await getCacheVersions())
}

export async function liftBan(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, { ban: rowId })
  if (refusal) return refusal

  const before = await getCacheVersions()
  const lifted = await database().transaction(async (tx) => {
    const [ban] = await tx.delete(bans).where(eq(bans.id, values.ban)).returning()
    if (ban) await invalidateCache('bans', { tx, reason: `ban of ${ban.name} lifted`, actor: 'demo' })
    return ban
  })
  if (!lifted) return { message: 'This ban was lifted already.' }
  return done(`The ban of “${lifted.name}” is lifted.`, before, await getCacheVersions())
}

const bannedName: Rule<string> = (typed) => {
  const value = typed.trim()
  const fixed = value.replaceAll('*', '')
  if (/^[\p{L}\p{N}._*-]{2,40}$/u.test(value) && fixed.length >= 2) return { value }
  return { problem: 'Write 2 to 40 letters, digits, dots, dashes, or * for any; two of them must not be *.' }
}
