'use server'

import { invalidateCache } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { settings } from '../../drizzle/forum.ts'
import { database } from '../database.ts'
import { done, type Outcome } from '../form/outcome.ts'
import { readForm, text, wholeNumber } from '../form/read-form.ts'

// This demo has no users; your action checks who asks first.
export async function saveSettings(_last: Outcome | null, data: FormData): Promise<Outcome> {
  const { values, refusal } = readForm(data, {
    forumName: text({ min: 1, max: 60 }),
    welcome: text({ min: 0, max: 300, lines: true }),
    postsPerPage: wholeNumber({ min: 5, max: 100 }),
  })
  if (refusal) return refusal

  const before = await getCacheVersions()
  await database().transaction(async (tx) => {
    await tx
      .insert(settings)
      .values({ id: 1, ...values })
      .onConflictDoUpdate({ target: settings.id, set: values })
    await invalidateCache('settings', { tx, reason: 'settings saved', actor: 'demo' })
  })
  return done('The settings are saved.', before, await getCacheVersions())
}
