import { processState } from '../core/process-state.ts'
import type { Store } from '../core/store.ts'
import { storeOfEnvironment } from '../core/store-environment.ts'

/**
 * Gives the store of the environment if servers share it. A build keeps its entries to itself: nobody knows yet under
 * which build they would be.
 */
export function sharedStore(): Store | undefined {
  if (process.env.NEXT_PHASE === 'phase-production-build') return undefined
  const state = processState()
  state.store ??= storeOfEnvironment()
  return state.store.leases ? state.store : undefined
}
