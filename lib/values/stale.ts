import { LRUCache } from 'lru-cache'
import { slot } from '../base/slot.ts'
import type { CachedEvent, StaleEvent } from './event.ts'
import type { StoreUse } from './guard/use.ts'
import type { Store } from './stores/contract.ts'
import { entryName, nameOf } from './stores/name.ts'

/** Whether a call accepts the value of the previous version while the current one is loaded. */
export type StaleOptions =
  | {
      staleWhileRevalidateSeconds?: never
      family?: never
      /** Called with what happened, for logs and figures. Its error is thrown to the caller. */
      report?: (event: CachedEvent) => void
    }
  | {
      /**
       * For how many seconds after its last use as current the value of the previous version may be served, with the
       * event `stale`, while one load runs. So a caller may see old data this much later than an invalidation.
       */
      staleWhileRevalidateSeconds: number
      /** The key without its versions, such as `'acl:42'`: the same for all entries that replace each other. */
      family: string
      /** Called with what happened, before the value returns: `stale` marks a value of the previous version. */
      report?: (event: CachedEvent | StaleEvent) => void
    }

/** The last note of this process about a family. */
interface FamilyState {
  readonly key: string
  readonly saidAt: number
  /** The previous key. A request that is older than the invalidation does not lead back to it. */
  readonly before: string | undefined
}

/** The families that were last noted, by their store. */
const families = slot('families', () => new WeakMap<Store, LRUCache<string, FamilyState>>())

/**
 * Notes in the store that the key is current. The note expires after the seconds in which the key may be served once it
 * is stale: no clocks are compared.
 *
 * See docs/decisions/0020-the-bound-of-a-stale-value-is-an-expiry-in-the-store.md
 */
export function keepFamily(store: Store, use: StoreUse, key: string, options: StaleOptions): void {
  const { family, staleWhileRevalidateSeconds: seconds } = options
  if (family === undefined || seconds === undefined) return
  const known = families.get(store) ?? new LRUCache<string, FamilyState>({ max: 10_000 })
  families.set(store, known)
  const last = known.get(family)
  if (last?.before === key) return
  // Hits are many: renew a note after a quarter of its time.
  if (last?.key === key && performance.now() - last.saidAt < 250 * seconds) return
  known.set(family, {
    key,
    saidAt: performance.now(),
    before: last?.key === key ? last.before : last?.key,
  })
  use.set(nameOf('family', family), key, seconds).catch(() => {})
}

/** Returns the text of the previous entry, if the caller accepts it and it may still be served. */
export async function previousText(
  use: StoreUse,
  key: string,
  { family }: StaleOptions,
): Promise<string | undefined> {
  if (family === undefined) return undefined
  const previous = await use.get(nameOf('family', family))
  return previous === undefined || previous === key ? undefined : await use.get(entryName(previous))
}
