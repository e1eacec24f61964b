import type { LRUCache } from 'lru-cache'
import { slot } from '../../base/slot.ts'
import type { Store } from '../stores/contract.ts'
import { memoryTexts } from '../stores/memory.ts'
import { type Breaker, breaker } from './breaker.ts'

const mebibyte = 1024 * 1024

/** What this process knows of one store. */
export interface StoreState {
  /** Loads under way, by key, each giving the stored text. */
  readonly loads: Map<string, Promise<string>>
  readonly breaker: Breaker
  /** Holds what the store did not take: what is too large for it, and what came while it failed. */
  readonly aside: LRUCache<string, string>
  /** What this process has said of the store, so that it says each once. */
  readonly said: Set<string>
}

const states = slot('stores', () => new WeakMap<Store, StoreState>())

export function stateOf(store: Store): StoreState {
  const known = states.get(store)
  if (known) return known
  const state: StoreState = {
    loads: new Map(),
    breaker: breaker(store),
    aside: memoryTexts(16 * mebibyte),
    said: new Set(),
  }
  states.set(store, state)
  return state
}
