import { isUnreadable, type Store } from '../stores/contract.ts'
import { shownName } from '../stores/name.ts'
import { stateOf } from './state.ts'

/** Warns about a store, once a process for each topic. */
function warnOnce(store: Store, topic: string, message: string): void {
  const { said } = stateOf(store)
  if (said.has(topic)) return
  said.add(topic)
  console.warn(`[cache-versions] ${message}`)
}

export function warnOfSize(store: Store, { message }: Error): void {
  warnOnce(store, 'size', `${message} It is kept in the memory of this process only, as all such are.`)
}

export function warnOfUnreadable(store: Store, name: string, cause: unknown): void {
  // A parser's error contains part of the entry, which may be a secret of the app.
  const reason = isUnreadable(cause) ? cause.message : 'it is damaged'
  warnOnce(
    store,
    'unreadable',
    `The entry "${shownName(name)}" of the store "${store.name}" cannot be read (${reason}). It is loaded again, like every unreadable entry; give each program that writes there a CACHE_VERSIONS_NAMESPACE of its own.`,
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
