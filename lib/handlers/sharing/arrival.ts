import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { now } from '../../base/clock.ts'
import { slot } from '../../base/slot.ts'
import { appendLocationOnce } from '../../internals/location-once.ts'
import { isPrefetch, isSegmentPrefetch, pathOf, routeOf } from '../../internals/request-meta.ts'
import { waiting } from '../../versions/patience.ts'
import { keepPrefetchPrivate } from '../pages/private-prefetch.ts'

/** A request to this server, noted when Node has read its head, before Next does anything with it. */
export class Arrival {
  readonly at = now()
  /** Every load that it could share is at least as new as the request. */
  mayShareAll = false
  /**
   * Whether its response depends on a version; unset until a page has been looked up or rendered for this very request.
   */
  isVersioned: boolean | undefined
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #answered: Promise<void> | undefined

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
  }

  /** The route that answers, such as `/posts/[id]`, once Next has chosen it. */
  get route(): string | undefined {
    return routeOf(this.#request)
  }

  /** The route with its params filled in, such as `/posts/42`: the same for all requests for one page. */
  get path(): string | undefined {
    return pathOf(this.#request)
  }

  get isGet(): boolean {
    return this.#request.method === 'GET'
  }

  get isPrefetch(): boolean {
    return isPrefetch(this.#request)
  }

  /** Whether the app has set a header of the response before its page is looked up. */
  hasAnswerHeader(name: string): boolean {
    return this.#response.hasHeader(name)
  }

  /** Sends the target of the redirect that was rendered for this request once. */
  redirectOnce(): void {
    appendLocationOnce(this.#response)
  }

  /** Settles when the whole response has been sent; never, if the client has disconnected. */
  get answered(): Promise<void> {
    this.#answered ??= new Promise((resolve) => {
      if (this.#response.writableFinished) resolve()
      else this.#response.once('finish', resolve)
    })
    return this.#answered
  }
}

/**
 * Returns the request that this code serves; `undefined` outside of one, and for a request that came before the
 * handlers were loaded.
 */
export function arrival(): Arrival | undefined {
  return arrivals.getStore()
}

// Requests are noted from now on: Next loads the handlers before it takes requests.
const arrivals = slot('arrivals', watch)

function watch(): AsyncLocalStorage<Arrival> {
  const storage = new AsyncLocalStorage<Arrival>()
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const arrival = new Arrival(request, response)
    if (isSegmentPrefetch(request)) keepPrefetchPrivate(arrival, response)
    storage.enterWith(arrival)
  })
  waiting.currentRequest = () => storage.getStore()
  return storage
}
