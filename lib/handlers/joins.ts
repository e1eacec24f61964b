import { isCacheName } from '../core/name.ts'
import { now } from './clock.ts'
import { isKnownCache, versionKnownAt } from './history.ts'

/** A load of `'use cache'`, from its start until nobody can join it any more. */
interface Load {
  began: number
  ended: number
}

/** Of one cache; more than these are kept as if the oldest of them had been one. */
const maxLoads = 32

const loads = new Map<string, Load[]>()

/**
 * Notes a load that has a result with these tags, which others may join until the function that it gives is called.
 * Next lets a page, or an entry around this one, that is made meanwhile have the same result, without a word to any
 * handler. If it began after an invalidation that overtook this load, its own start would make old data look new.
 */
export function mayBeJoined(tags: readonly string[], began: number): () => void {
  const noted = tags.filter(isCacheName).map((cache) => {
    const load = { began: earliestJoined(cache, began), ended: Number.POSITIVE_INFINITY }
    loads.set(cache, [...(loads.get(cache) ?? []), load])
    return { cache, load }
  })
  return () => {
    for (const { cache, load } of noted) {
      load.ended = now()
      loads.set(cache, onlyOvertaken(cache, loads.get(cache) ?? []))
    }
  }
}

/** The start of the load, or of the oldest load of the cache that it may have joined. */
export function earliestJoined(cache: string, began: number): number {
  const joinable = (loads.get(cache) ?? []).filter((load) => load.began < began && began <= load.ended)
  return Math.min(began, ...joinable.map((load) => load.began))
}

/** Where the version has not changed since a load began, it does not matter who joined it. */
function onlyOvertaken(cache: string, all: readonly Load[]): Load[] {
  const open = all.filter(({ ended }) => ended === Number.POSITIVE_INFINITY)
  const overtaken = all.filter(
    ({ began, ended }) =>
      ended !== Number.POSITIVE_INFINITY &&
      isKnownCache(cache) &&
      versionKnownAt(cache, began) !== versionKnownAt(cache, ended),
  )
  const [first, second, ...others] = overtaken
  if (overtaken.length <= maxLoads || !first || !second) return [...overtaken, ...open]
  const both = { began: Math.min(first.began, second.began), ended: Math.max(first.ended, second.ended) }
  return [both, ...others, ...open]
}
