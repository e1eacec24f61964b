import { isBuilding } from '../../internals/phase.ts'
import type { Store } from '../../values/stores/contract.ts'
import { defaultStore } from '../../values/stores/default.ts'

/**
 * Gives the store of the environment if servers share it. A build keeps its entries to itself: nobody knows yet under
 * which build they would be.
 */
export function sharedStore(): Store | undefined {
  if (isBuilding()) return undefined
  const store = defaultStore()
  return store.leases ? store : undefined
}
