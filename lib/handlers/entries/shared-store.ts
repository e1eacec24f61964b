import { isBuilding } from '../../internals/phase.ts'
import type { Store } from '../../values/stores/contract.ts'
import { defaultStore } from '../../values/stores/default.ts'

/**
 * Returns the store of the environment if servers share it. A build shares nothing: the id of the build, which is part
 * of the keys, does not exist yet.
 */
export function sharedStore(): Store | undefined {
  if (isBuilding()) return undefined
  const store = defaultStore()
  return store.claims ? store : undefined
}
