import { type Arrival, arrival } from './arrival.ts'
import { now } from './clock.ts'
import { changesKnown } from './history.ts'
import { Signal } from './signal.ts'

/** A load that fails for a client that did not wait for its answer ends without a word. */
const longestMilliseconds = 30_000
/** So does any that fails for a request that came before there was anybody to note its answer. */
const longestUnnotedMilliseconds = 5000

/**
 * What Next lets other requests share while it is under way, without asking any handler: the lookup of a page and the
 * load that may follow, for the requests of its route; the same of an entry of `'use cache'`, for all.
 */
export class Joinable {
  readonly began = now()
  readonly by = arrival()
  readonly #lookedUp = new Signal()
  readonly #ended = new Signal()
  /** What is looked up, once that is known. */
  key: string | undefined
  /** How many changes of the versions its load is known to show; not set while there is only a lookup. */
  shows: number | undefined
  readonly #route: string | undefined
  #isAlone = false

  /** `route` is that of the requests that can share it, if not all can. */
  constructor(route?: string) {
    this.#route = route
    underWay.add(this)
  }

  /**
   * From now on data is read. Any load of `'use cache'` that is under way may become part of it. `alone` when Next may
   * make the same beside it.
   */
  loads({ alone = false }: { alone?: boolean | undefined } = {}): void {
    if (this.shows !== undefined) return
    this.#isAlone = alone
    let shows = changesKnown()
    for (const other of underWay) {
      if (other.#route === undefined) shows = Math.min(shows, other.shows ?? shows)
    }
    this.shows = shows
    this.#lookedUp.come()
  }

  /** Settles when the lookup has led to an entry or to a load. */
  get lookedUp(): Promise<void> {
    return this.#lookedUp.promise
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** A load that leads to no entry has ended when the request that it was for is answered. */
  endWithAnswer(): void {
    this.by?.answered.then(() => this.end())
  }

  /** Next tells those who share it before it goes on. */
  end(): void {
    setImmediate(() => {
      underWay.delete(this)
      this.#lookedUp.come()
      this.#ended.come()
    })
  }

  /** Whether what a request has stored under the key is what this one waits for. */
  isStoredBy(request: Arrival | undefined, key: string): boolean {
    return this.key === key && (this.by === request || !this.#isAlone)
  }

  isAloneFor(request: Arrival | undefined, key: string): boolean {
    return this.key === key && this.by === request && this.#isAlone
  }

  isOfRoute(route: string): boolean {
    return this.#route === route
  }

  concerns(request: Arrival | undefined): boolean {
    if (this.by && this.by === request) return false
    return this.#route === undefined || this.#route === request?.route
  }
}

const underWay = new Set<Joinable>()

/** Whether a page of the route is being looked up or loaded. */
export function isLookedUp(route: string): boolean {
  for (const joinable of underWay) {
    if (joinable.isOfRoute(route)) return true
  }
  return false
}

/** What the request may be given a share of. */
export function joinableBy(request: Arrival | undefined): Joinable[] {
  for (const joinable of underWay) {
    const longest = joinable.by ? longestMilliseconds : longestUnnotedMilliseconds
    if (now() - joinable.began > longest) joinable.end()
  }
  return [...underWay].filter((joinable) => joinable.concerns(request))
}

/** The load of the entry has been stored. Next makes an entry once at a time, except for what it makes alone. */
export function loadStored(key: string): void {
  const request = arrival()
  const all = [...underWay].filter((joinable) => joinable.isStoredBy(request, key))
  const alone = all.filter((joinable) => joinable.isAloneFor(request, key))
  for (const joinable of alone.length > 0 ? alone : all) joinable.end()
}
