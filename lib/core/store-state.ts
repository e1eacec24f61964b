import { LRUCache } from 'lru-cache'
import { type Breaker, breaker } from './breaker.ts'
import type { FamilyState } from './cached-stale.ts'
import { memoryTexts } from './memory-store.ts'
import { processState } from './process-state.ts'
import type { Store } from './store.ts'

const mebibyte = 1024 * 1024

/** What this process knows of one store. */
export interface StoreState {
  /** Loads under way, by key, each giving the stored text. */
  readonly loads: Map<string, Promise<string>>
  readonly breaker: Breaker
  /** Holds what the store did not take: what is too large for it, and what came while it failed. */
  readonly aside: LRUCache<string, string>
  /** The keys that were last current, for callers that may get a stale value. */
  readonly families: LRUCache<string, FamilyState>
  /** What this process has said of the store, so that it says each once. */
  readonly said: Set<string>
}

export function stateOf(store: Store): StoreState {
  const { stores } = processState()
  const known = stores.get(store) as StoreState | undefined
  if (known) return known
  const state: StoreState = {
    loads: new Map(),
    breaker: breaker(store),
    aside: memoryTexts(16 * mebibyte),
    families: new LRUCache({ max: 10_000 }),
    said: new Set(),
  }
  stores.set(store, state)
  return state
}
