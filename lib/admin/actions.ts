'use server'

import { type RouteFile, tagNameOf, typedPathTags } from '../internals/path-tags.ts'
import { invalidateAllCaches, invalidateCache } from '../request/invalidate.ts'
import { invalidateTypedTags } from '../request/invalidate-tag.ts'
import { checkCacheName } from '../versions/name.ts'
import { readCacheVersions } from '../versions/read.ts'
import type { CacheName } from '../versions/register.ts'
import { versionOf } from '../versions/version.ts'
import type { Entrance } from './access/entrance-hint.ts'
import { identify } from './access/identify.ts'
import { keepOutcome } from './view/kept-outcome.ts'
import { safeMessage } from './view/message.ts'
import type { Outcome } from './view/outcome.ts'

/**
 * Invalidates the cache named by the form's field `cache`, the tag or path in its field `tag`, or every cache when its
 * field `all` is `yes`. Anybody can call it, so it identifies the caller, and returns every failure as an outcome to show.
 */
export async function invalidateFromAdminPage(_previous: Outcome | null, form: FormData): Promise<Outcome> {
  return await keepOutcome(await invalidate(form))
}

async function invalidate(form: FormData): Promise<Outcome> {
  const visitor = await identify()
  if ('closed' in visitor) return refusal(visitor.closed)
  const { actor } = visitor
  try {
    const reason = field(form, 'reason').trim() || 'admin page'
    if (field(form, 'all') === 'yes') return await invalidateAll(actor, reason)
    if (has(form, 'tag')) return await invalidateOneTag(tagsIn(form), actor, reason)
    return await invalidateOne(field(form, 'cache') as CacheName, actor, reason)
  } catch (error) {
    const what = has(form, 'tag') ? 'The tag' : 'The caches'
    return { kind: 'failed', message: safeMessage(error, `${what} could not be invalidated.`) }
  }
}

function refusal(closed: Entrance): Outcome {
  return closed === 'unavailable'
    ? { kind: 'failed', message: 'Nothing was invalidated: the server could not ask its database.' }
    : { kind: 'signed-out', message: 'You are signed out. Nothing was invalidated.' }
}

async function invalidateOne(cache: CacheName, actor: string, reason: string): Promise<Outcome> {
  checkCacheName(cache)
  const from = versionOf(await readCacheVersions(), cache)
  await invalidateCache(cache, { actor, reason })
  return { kind: 'invalidated', change: { cache, from, to: await newVersion(cache) } }
}

async function invalidateAll(actor: string, reason: string): Promise<Outcome> {
  const names = await invalidateAllCaches({ actor, reason })
  return { kind: 'all-invalidated', count: names.length }
}

async function invalidateOneTag(tags: string[], actor: string, reason: string): Promise<Outcome> {
  await invalidateTypedTags(tags, { actor, reason })
  return { kind: 'tag-invalidated', tag: tagNameOf(tags[0] ?? '') }
}

/** Returns the tag of the form, or the tags of its path. */
function tagsIn(form: FormData): string[] {
  const text = field(form, 'tag').trim()
  if (!text.startsWith('/')) return [text]
  return typedPathTags(text, (field(form, 'type') || undefined) as RouteFile | undefined)
}

/** The invalidation has committed: an error now must not say otherwise. */
async function newVersion(cache: CacheName): Promise<string | null> {
  const versions = await readCacheVersions().catch(() => undefined)
  return (versions as Readonly<Record<string, string | undefined>> | undefined)?.[cache] ?? null
}

function has(form: FormData, name: string): boolean {
  return form instanceof FormData && form.has(name)
}

/** Returns a field as text: a client that calls an action by hand may send a file, or no form at all. */
function field(form: FormData, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null
  return typeof value === 'string' ? value : ''
}
