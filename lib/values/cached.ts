import { CacheVersionsError } from '../base/error.ts'
import { loadWithClaim } from './claim.ts'
import type { CachedEvent, StaleEvent } from './event.ts'
import { stateOf } from './guard/state.ts'
import { type StoreUse, storeUse } from './guard/use.ts'
import { warnOfFailedLoad, warnOfUnreadable } from './guard/warnings.ts'
import { keepFamily, previousText, type StaleOptions } from './stale.ts'
import type { Store } from './stores/contract.ts'
import { defaultStore } from './stores/default.ts'
import { entryName } from './stores/name.ts'
import { readValue, writeValue } from './text.ts'

export type CachedOptions = StaleOptions & {
  /** How long the entry may live, in seconds. Freshness comes from the version in the key; this bounds storage. */
  ttlSeconds: number
  /**
   * Where the entry is kept. Default: Upstash Redis or the Redis that the environment names, else this process's
   * memory, 64 MiB shared by all entries.
   */
  store?: Store
  /**
   * How long other servers that miss the same key wait for this one to load it, in seconds, before one of them loads it
   * too. Default: 5. Without effect in a store that is not shared.
   */
  claimSeconds?: number
}

type Report = (type: CachedEvent['type'] | StaleEvent['type']) => void

/**
 * Returns the value under the key. A miss loads and stores it; concurrent misses of one key are one load, across servers
 * too where they share the store. `null` and `undefined` are values like others. Values come back as they were
 * written, Date, Map, Set and bigint included, and each caller gets a copy of its own.
 *
 * Make the key with {@link cacheKey} before the load reads anything: the version in the key keeps a slow load
 * from storing old data under a new version.
 *
 * @throws what the load throws, to every caller in this process that waited for it, and nothing is stored;
 * CacheVersionsError `unstorable-value` for a value that would not come back as it was, `invalid-argument` for seconds
 * that are no positive number. Trouble with Redis is a miss.
 */
export async function cached<T>(key: string, load: () => Promise<T> | T, options: CachedOptions): Promise<T> {
  checkSeconds(key, options)
  const store = options.store ?? defaultStore()
  const use = storeUse(store)
  const tell = options.report as ((event: CachedEvent | StaleEvent) => void) | undefined
  const report: Report = (type) => tell?.({ type, key, store: store.name })

  const hit = readable<T>(store, key, await use.get(entryName(key)))
  if (hit) {
    report('hit')
    keepFamily(store, use, key, options)
    return hit.value
  }
  const stale = readable<T>(store, key, await previousText(use, key, options))
  if (!stale) return readValue(await textOf(store, use, key, load, options, report))

  report('stale')
  textOf(store, storeUse(store), key, load, options, () => {}).catch((error: unknown) =>
    warnOfFailedLoad(store, key, error),
  )
  return stale.value
}

/** Returns the text that a call in flight here loads, or that this call loads or finds. */
async function textOf(
  store: Store,
  use: StoreUse,
  key: string,
  load: () => unknown,
  options: CachedOptions,
  report: Report,
): Promise<string> {
  const { loads } = stateOf(store)
  const joined = loads.get(key)
  if (joined) {
    report('join')
    return joined
  }
  let loadedHere = false
  const entry = {
    name: entryName(key),
    ttlSeconds: options.ttlSeconds,
    claimSeconds: options.claimSeconds ?? 5,
    isReadable: (text: string) => readable(store, key, text) !== undefined,
  }
  const loading = loadWithClaim(use, entry, async () => {
    loadedHere = true
    report('miss')
    return writeValue(key, await load())
  })
  loads.set(key, loading)
  try {
    const text = await loading
    if (!loadedHere) report('join')
    keepFamily(store, use, key, options)
    return text
  } finally {
    loads.delete(key)
  }
}

/** An unreadable entry is a miss, and is overwritten. */
function readable<T>(store: Store, key: string, text: string | undefined): { value: T } | undefined {
  if (text === undefined) return undefined
  try {
    return { value: readValue<T>(text) }
  } catch (error) {
    warnOfUnreadable(store, key, error)
    return undefined
  }
}

function checkSeconds(key: string, options: CachedOptions): void {
  for (const name of ['ttlSeconds', 'claimSeconds', 'staleWhileRevalidateSeconds'] as const) {
    const seconds = options[name]
    if (seconds === undefined ? name !== 'ttlSeconds' : seconds > 0 && Number.isFinite(seconds)) continue
    throw new CacheVersionsError(
      'invalid-argument',
      `The entry "${key}" has ${name} ${seconds}. Give a positive number of seconds: every entry must end.`,
    )
  }
}
