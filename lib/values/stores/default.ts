import { slot } from '../../base/slot.ts'
import type { Store } from './contract.ts'
import { storeOfEnvironment } from './environment.ts'

/** The store of `cached()`, once it is chosen. */
export const chosen = slot('default store', (): { store?: Store } => ({}))

/** Returns the store that the environment names, one for the process. */
export function defaultStore(): Store {
  chosen.store ??= storeOfEnvironment()
  return chosen.store
}
