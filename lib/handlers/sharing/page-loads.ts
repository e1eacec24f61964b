import { now } from '../../base/clock.ts'
import { Signal } from '../../base/signal.ts'
import { pathOfKey } from '../../internals/page-key.ts'
import { afterNextTells } from '../../internals/turns.ts'
import { changesKnown } from '../../versions/history.ts'
import { type Arrival, arrival } from './arrival.ts'

/** Upper bound for a load whose end we are never told: it failed after its client disconnected. */
const longestMilliseconds = 30_000
/** The same for a request that came before the handlers were loaded. */
const longestUnnotedMilliseconds = 5000

/**
 * The lookup of a page, and the load that may follow. Next returns its result to all concurrent requests for that page,
 * and asks no handler (`response-cache/index.js`). Its states, which docs/how-it-works.md draws:
 *
 *     looked up ── load() ──▶ loading ── stored, failed or abandoned ──▶ ended
 *         └───────────────── the entry was current ─────────────────────▶ ended
 *
 * A load is overtaken when it `shows` fewer changes of the versions than there have been.
 *
 * See docs/decisions/0022-a-request-waits-for-the-page-that-it-must-not-share.md
 */
export class PageLoad {
  readonly began = now()
  readonly by = arrival()
  readonly #lookedUp = new Signal()
  readonly #ended = new Signal()
  /** The number of version changes that its load is known to show; unset during the lookup. */
  shows: number | undefined
  #key: string | undefined
  readonly #route = this.by?.route
  /** Next may render the same page beside it. */
  #isAlone = false
  /** It is the page of one path. Otherwise it may be the shell of all paths of the route. */
  #isOfOnePath = false

  constructor() {
    underWay.add(this)
  }

  /** Names the entry that is looked up, by Next's key. */
  lookUp(key: string): void {
    this.#key = key
    const path = this.by?.path
    this.#isOfOnePath = path !== undefined && path === pathOfKey(key)
  }

  /** Data is read from now on. `alone` when Next may render the same page beside it. */
  load({ alone = false }: { alone?: boolean | undefined } = {}): void {
    if (this.shows !== undefined) return
    this.#isAlone = alone
    this.shows = changesKnown()
    this.#lookedUp.come()
  }

  /** Settles when the lookup has led to an entry or to a load. */
  get lookedUp(): Promise<void> {
    return this.#lookedUp.promise
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** A load that stores no entry ends with the response to its request. */
  endWithAnswer(): void {
    this.by?.answered.then(() => this.end())
  }

  /** Next resolves the requests that share it before it goes on. */
  end(): void {
    afterNextTells(() => {
      underWay.delete(this)
      this.#lookedUp.come()
      this.#ended.come()
    })
  }

  /** Whether this load has stored the entry that the request stores under the key. */
  isStoredBy(request: Arrival | undefined, key: string): boolean {
    return this.#key === key && (this.by === request || !this.#isAlone)
  }

  isAloneFor(request: Arrival | undefined, key: string): boolean {
    return this.#key === key && this.by === request && this.#isAlone
  }

  isOfRoute(route: string): boolean {
    return this.#route === route
  }

  /** Whether Next may share it with the request. */
  mayBeGivenTo(request: Arrival | undefined): boolean {
    if (this.by && this.by === request) return false
    if (this.#route === undefined) return true
    return this.#route === request?.route && !(this.#isOfOnePath && this.by?.path !== request.path)
  }
}

const underWay = new Set<PageLoad>()

/** Whether a page of the route is being looked up or loaded. */
export function isLookedUp(route: string): boolean {
  for (const load of underWay) {
    if (load.isOfRoute(route)) return true
  }
  return false
}

/** Returns the loads that the request may share. */
export function loadsSharedWith(request: Arrival | undefined): PageLoad[] {
  for (const load of underWay) {
    const longest = load.by ? longestMilliseconds : longestUnnotedMilliseconds
    if (now() - load.began > longest) load.end()
  }
  return [...underWay].filter((load) => load.mayBeGivenTo(request))
}

/** Ends the load that has stored the entry. Next renders a page once at a time, except for renders that are `alone`. */
export function loadStored(key: string): void {
  const request = arrival()
  const all = [...underWay].filter((load) => load.isStoredBy(request, key))
  const alone = all.filter((load) => load.isAloneFor(request, key))
  for (const load of alone.length > 0 ? alone : all) load.end()
}
