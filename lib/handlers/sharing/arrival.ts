import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { now } from '../../base/clock.ts'
import { slot } from '../../base/slot.ts'
import { isPrefetch, isSegmentPrefetch, pathOf, routeOf } from '../../internals/request-meta.ts'
import { waiting } from '../../versions/patience.ts'
import { keepPrefetchPrivate } from '../pages/private-prefetch.ts'

/** A request to this server, noted when Node has read its head: before Next has done anything with it. */
export class Arrival {
  readonly at = now()
  /** Whatever is under way that it could share is at least as new as it. */
  mayShareAll = false
  /** Whether its answer depends on a version; not set while no page has been looked up or made for this very request. */
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

  /** The route with its params filled in, such as `/posts/42`. The same for all requests for one page. */
  get path(): string | undefined {
    return pathOf(this.#request)
  }

  get isGet(): boolean {
    return this.#request.method === 'GET'
  }

  get isPrefetch(): boolean {
    return isPrefetch(this.#request)
  }

  /** Whether the app has set a header of the answer before its page is looked for. */
  hasAnswerHeader(name: string): boolean {
    return this.#response.hasHeader(name)
  }

  /** Settles when the whole answer has been sent; never, if the client has gone before. */
  get answered(): Promise<void> {
    this.#answered ??= new Promise((resolve) => {
      if (this.#response.writableFinished) resolve()
      else this.#response.once('finish', resolve)
    })
    return this.#answered
  }
}

/** The request that this code serves; `undefined` when it serves none, or came before the handlers were loaded. */
export function arrival(): Arrival | undefined {
  return arrivals.getStore()
}

// From now on: Next loads the handlers before it takes requests.
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
