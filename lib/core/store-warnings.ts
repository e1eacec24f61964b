import type { Store } from './store.ts'
import { stateOf } from './store-state.ts'

/** Warns of something about a store once a process. */
export function warnOnce(store: Store, topic: string, message: string): void {
  const { said } = stateOf(store)
  if (said.has(topic)) return
  said.add(topic)
  console.warn(`[cache-versions] ${message}`)
}

export function warnOfUnreadable(store: Store, key: string, cause: unknown): void {
  warnOnce(
    store,
    'unreadable',
    `The entry "${key}" of the store "${store.name}" cannot be read (${messageOf(cause)}). It is loaded anew, as all such are; give each program that writes there a CACHE_VERSIONS_NAMESPACE of its own.`,
  )
}

export function warnOfFailedLoad(store: Store, key: string, cause: unknown): void {
  warnOnce(
    store,
    'load',
    `The load of "${key}" failed while the version before was served (${messageOf(cause)}). Each request tries again; see that it succeeds, for after staleWhileRevalidateSeconds the requests get the error.`,
  )
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
