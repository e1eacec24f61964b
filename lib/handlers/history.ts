import { processState } from '../core/process-state.ts'
import type { CacheVersions } from '../core/register.ts'
import { now } from './clock.ts'

/** A load that spans more invalidations of one cache than this is not worth keeping. */
const maxChanges = 32

/** Keeps what was read: which version each cache had, and since when this process knows it. */
export function rememberVersions(versions: CacheVersions): void {
  const state = processState()
  // Callers that shared one read share one object.
  const repeated = state.lastVersions?.versions === versions
  state.lastVersions = { versions, readAt: now() }
  if (repeated) return
  for (const [cache, version] of Object.entries<string>(versions)) {
    const changes = state.history.get(cache) ?? []
    if (changes.at(-1)?.version === version) continue
    changes.push({ version, since: now() })
    state.changes++
    if (changes.length > maxChanges) changes.shift()
    state.history.set(cache, changes)
  }
}

/** How many changes of versions this process has come to know. */
export function changesKnown(): number {
  return processState().changes
}

/** The version that this process knew at that time, or `undefined` if it knew none, or it is too long ago to tell. */
export function versionKnownAt(cache: string, time: number): string | undefined {
  return processState()
    .history.get(cache)
    ?.findLast(({ since }) => since <= time)?.version
}

/** Whether the tag has been seen as the name of a cache. */
export function isKnownCache(tag: string): boolean {
  return processState().history.has(tag)
}

/** Whether any read has succeeded in this process. */
export function knowsVersions(): boolean {
  return processState().lastVersions !== undefined
}
