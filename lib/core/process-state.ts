import type { LRUCache } from 'lru-cache'
import type { Budget } from './budget.ts'
import type { Coalesced } from './coalesced.ts'
import type { Database } from './database.ts'
import type { Outage } from './outage.ts'
import type { Waited } from './patience.ts'
import type { CacheVersions } from './register.ts'
import type { Store } from './store.ts'

export interface VersionRow {
  readonly cache: string
  readonly version: string
}

/**
 * What one server process holds. Next loads this package several times a process (proxy, pages, route handlers,
 * instrumentation, cache handlers), so module state would exist several times; this object exists once.
 */
export interface ProcessState {
  /** The connections, and the URL they were opened for. */
  database?: Database | undefined
  /** The server's log has been told how its database is. */
  startChecked?: boolean
  /** What the server's log knows of Postgres, where there is one. */
  outage?: Outage
  /** The reads of the versions. */
  read?: Coalesced<Budget, CacheVersions>
  /** What the last read found: rows that differ in nothing are the same versions. */
  lastRows?: { readonly rows: readonly VersionRow[]; readonly versions: CacheVersions } | undefined
  /** When a read last succeeded, on the clock of `performance`. */
  readSucceededAt?: number
  /** The request to this server that the calling code serves, where somebody takes note of requests. */
  currentRequest?: () => object | undefined
  readonly waited: WeakMap<object, Waited>
  /** The invalidations that each render is writing, by Next's record of the render. */
  readonly ownWrites: WeakMap<object, Set<Promise<unknown>>>
  /** Where `cached()` keeps its values. */
  store?: Store | undefined
  /** What `cached()` knows of each store: loads under way, outages. */
  readonly stores: WeakMap<object, unknown>
  /** How many leases this process has asked for. */
  leases: number
  /** Signs what the proxy hands to the page of the same process. */
  proxyKey?: Buffer | undefined
  /** What the requests under way know, by the object that `await headers()` gives. */
  readonly requests: WeakMap<object, unknown>
  /** Which revalidated tags Postgres has already, by Next's object for the request that revalidated them. */
  readonly written: WeakMap<object, Map<string, number>>
  /** The versions each cache had in this process's sight, oldest first, for the cache handlers. */
  readonly history: Map<string, { readonly version: string; readonly since: number }[]>
  /** How many changes of versions `history` has seen. */
  changes: number
  /** The last versions read for the cache handlers, and when, on the clock of `performance`. */
  lastVersions?: { readonly versions: CacheVersions; readonly readAt: number } | undefined
  /** Who may use the admin page, when the app says so itself. */
  authorizeAdmin?: unknown
  /** The one-time token for the admin page that this server printed last, and the work of printing it. */
  adminPrinted?: string | undefined
  adminPrinting?: Promise<void> | undefined
  /** Wrong tokens sent to the admin page, by who sent them: when they are forgotten. */
  adminGuesses?: LRUCache<string, number> | undefined
  /** What the admin page has warned of, by topic: when, and how often it has happened since. */
  readonly adminWarnings: Map<string, { at: number; unsaid: number }>
  /** The server's log has said that the configured token is too short. */
  adminRefused?: boolean
  /** What an action of the admin page did, by the object that `await headers()` gives in its request. */
  readonly adminOutcomes: WeakMap<object, unknown>
}

const slot = Symbol.for('next-cache-versions/1')

export function processState(): ProcessState {
  const scope = globalThis as { [slot]?: ProcessState }
  scope[slot] ??= {
    stores: new WeakMap(),
    leases: 0,
    requests: new WeakMap(),
    adminOutcomes: new WeakMap(),
    adminWarnings: new Map(),
    written: new WeakMap(),
    waited: new WeakMap(),
    ownWrites: new WeakMap(),
    history: new Map(),
    changes: 0,
  }
  return scope[slot]
}
