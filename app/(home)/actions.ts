'use server'

import { invalidateCache } from 'next-cache-versions'
import { getCacheVersions } from 'next-cache-versions/next'
import { bansKey } from '../bans/bans.ts'
import { done, type Outcome } from '../form/outcome.ts'

/** Nothing was changed here, so there is no transaction to join: the invalidation commits by itself. */
// This demo has no users; your action checks who asks first.
export async function invalidateBans(): Promise<Outcome> {
  const before = await getCacheVersions()
  await invalidateCache('bans', { reason: 'tried on the first page', actor: 'demo' })
  const after = await getCacheVersions()
  return done(`The key was ${bansKey(before)} and is ${bansKey(after)}.`, before, after)
}
