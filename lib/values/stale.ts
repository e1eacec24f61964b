import { LRUCache } from 'lru-cache'
import { slot } from '../base/slot.ts'
import type { CachedEvent, StaleEvent } from './event.ts'
import type { StoreUse } from './guard/use.ts'
import type { Store } from './stores/contract.ts'
import { entryName, nameOf } from './stores/name.ts'

/** Asks for the value of the version before while the current one is loaded, or does not. */
export type StaleOptions =
  | {
      staleWhileRevalidateSeconds?: never
      family?: never
      /** Is told what happened, for logs and figures. An error it throws is the caller's. */
      report?: (event: CachedEvent) => void
    }
  | {
      /**
       * For how many seconds after it was last used as current the value of the version before may be served, with the
       * event `stale`, while one load runs. So this is how much later than an invalidation a caller may see old data.
       */
      staleWhileRevalidateSeconds: number
      /** What the key is without its versions, such as `'acl:42'`: the same for the entries that replace each other. */
      family: string
      /** Is told what happened, before the value is given: the event `stale` marks a value of the version before. */
      report?: (event: CachedEvent | StaleEvent) => void
    }

/** What this process last said of a family. */
interface FamilyState {
  readonly key: string
  readonly saidAt: number
  /** The key before, to which a request that is older than the invalidation does not lead back. */
  readonly before: string | undefined
}

/** The families that were last current, by their store. */
const families = slot('families', () => new WeakMap<Store, LRUCache<string, FamilyState>>())

/**
 * Notes that the key is current. The note expires in the store, after the seconds in which the key may be served once
 * it is current no more: no clocks are compared.
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
  // Hits are many: a note is renewed when a quarter of its time is over.
  if (last?.key === key && performance.now() - last.saidAt < 250 * seconds) return
  known.set(family, {
    key,
    saidAt: performance.now(),
    before: last?.key === key ? last.before : last?.key,
  })
  use.set(nameOf('family', family), key, seconds).catch(() => {})
}

/** The text of the entry that this one replaces, where the caller asks for it and it may still be served. */
export async function previousText(
  use: StoreUse,
  key: string,
  { family }: StaleOptions,
): Promise<string | undefined> {
  if (family === undefined) return undefined
  const previous = await use.get(nameOf('family', family))
  return previous === undefined || previous === key ? undefined : await use.get(entryName(previous))
}
