'use server'

import { checkCacheName } from '../core/name.ts'
import { readCacheVersions } from '../core/read.ts'
import type { CacheName, CacheVersions } from '../core/register.ts'
import { versionOf } from '../core/version.ts'
import { invalidateAllCaches, invalidateCache } from '../invalidate.ts'
import { adminActor } from './actor.ts'
import { keepOutcome } from './kept-outcome.ts'
import { safeMessage } from './message.ts'
import type { Outcome } from './outcome.ts'

/**
 * Invalidates the cache named by the form's field `cache`, or every cache when its field `all` is `yes`. It can be
 * called by anybody, so it asks who does, and gives every failure back as something to show.
 */
export async function invalidateFromAdminPage(_previous: Outcome | null, form: FormData): Promise<Outcome> {
  return await keepOutcome(await invalidate(form))
}

async function invalidate(form: FormData): Promise<Outcome> {
  const actor = await adminActor()
  if (actor === null) return { kind: 'signed-out', message: 'You are signed out. Nothing was invalidated.' }
  try {
    const reason = field(form, 'reason').trim() || 'admin page'
    if (field(form, 'all') === 'yes') return await invalidateAll(actor, reason)
    return await invalidateOne(field(form, 'cache') as CacheName, actor, reason)
  } catch (error) {
    return { kind: 'failed', message: safeMessage(error, 'The caches could not be invalidated.') }
  }
}

async function invalidateOne(cache: CacheName, actor: string, reason: string): Promise<Outcome> {
  checkCacheName(cache)
  const from = versionOf(await readCacheVersions(), cache)
  await invalidateCache(cache, { actor, reason })
  return { kind: 'invalidated', all: false, changes: [{ cache, from, to: await newVersion(cache) }] }
}

async function invalidateAll(actor: string, reason: string): Promise<Outcome> {
  const before = await readCacheVersions()
  const names = await invalidateAllCaches({ actor, reason })
  const after = await readOrNothing()
  const changes = names.map((cache) => ({
    cache,
    from: lookUp(before, cache) ?? '',
    to: lookUp(after, cache) ?? null,
  }))
  return { kind: 'invalidated', all: true, changes }
}

async function newVersion(cache: CacheName): Promise<string | null> {
  return lookUp(await readOrNothing(), cache) ?? null
}

/** The invalidation has committed: an error now must not say that it has not. */
async function readOrNothing(): Promise<CacheVersions | undefined> {
  return await readCacheVersions().catch(() => undefined)
}

function lookUp(versions: CacheVersions | undefined, cache: CacheName): string | undefined {
  return (versions as Readonly<Record<string, string | undefined>> | undefined)?.[cache]
}

/** A field as text: whoever calls an action by hand may send a file, or no form at all. */
function field(form: FormData, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null
  return typeof value === 'string' ? value : ''
}
