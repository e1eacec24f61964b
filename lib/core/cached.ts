import { decode, encode } from './encoding.ts'
import { CacheVersionsError } from './error.ts'
import { memoryStore } from './memory-store.ts'
import { processState } from './process-state.ts'
import type { Store } from './store.ts'

export interface CachedOptions {
  /** How long the entry may live, in seconds. Freshness comes from the version in the key; this bounds storage. */
  ttlSeconds: number
  /** Where the entry is kept. Default: this process's memory, 64 MiB shared by all entries. */
  store?: Store
  /** Is told what happened, for logs and figures. An error it throws is the caller's. */
  report?: (event: CachedEvent) => void
}

/** A `hit` came from the store, a `miss` was loaded by this call, a `join` by another call under way. */
export interface CachedEvent {
  readonly type: 'hit' | 'miss' | 'join'
  readonly key: string
  readonly store: string
}

/**
 * Gives the value under the key, loading and storing it on a miss. Concurrent misses of one key are one load.
 * `null` and `undefined` are values like others. Values come back as they were written, Date, Map, Set and bigint
 * included, and each caller gets a copy of its own.
 *
 * Make the key with {@link cacheKey} before the load reads anything: the version in the key is what keeps a slow load
 * from filing old data under a new version.
 *
 * @throws what the load throws, to every caller that waited for it, and nothing is stored; CacheVersionsError
 * `unstorable-value` for a value that would not come back as it was.
 */
export async function cached<T>(key: string, load: () => Promise<T> | T, options: CachedOptions): Promise<T> {
  checkTtl(key, options.ttlSeconds)
  const store = options.store ?? defaultStore()
  const report = (type: CachedEvent['type']) => options.report?.({ type, key, store: store.name })

  const stored = await store.get(key)
  if (stored !== undefined) {
    report('hit')
    return decode(stored)
  }

  const { loads } = processState()
  const slot = `${store.name}:${key}`
  const joined = loads.get(slot)
  report(joined ? 'join' : 'miss')
  if (joined) return decode(await joined)

  const loading = loadText(key, load)
  loads.set(slot, loading)
  try {
    const text = await loading
    await store.set(key, text, options.ttlSeconds)
    return decode(text)
  } finally {
    loads.delete(slot)
  }
}

async function loadText(key: string, load: () => unknown): Promise<string> {
  return encode(key, await load())
}

function defaultStore(): Store {
  const state = processState()
  state.store ??= memoryStore()
  return state.store
}

function checkTtl(key: string, ttlSeconds: number): void {
  if (ttlSeconds > 0 && Number.isFinite(ttlSeconds)) return
  throw new CacheVersionsError(
    'unstorable-value',
    `The entry "${key}" has ttlSeconds ${ttlSeconds}. Give a positive number of seconds: every entry must end.`,
  )
}
