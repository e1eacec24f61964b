import type { LRUCache } from 'lru-cache'
import { slot } from '../../base/slot.ts'
import type { Store } from '../stores/contract.ts'
import { memoryTexts } from '../stores/memory.ts'
import { type Breaker, breaker } from './breaker.ts'

const mebibyte = 1024 * 1024

/** The state of one store in this process. */
export interface StoreState {
  /** The loads in flight, by key, each with the text to store. */
  readonly loads: Map<string, Promise<string>>
  readonly breaker: Breaker
  /** The entries that the store did not take: too large for it, or loaded while it failed. */
  readonly aside: LRUCache<string, string>
  /** The warnings about the store, so that each is logged once. */
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
