import { type WorkStore, workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js'

/** Returns Next's own record of the request that this code serves; `undefined` outside of one. */
export function nextRequest(): WorkStore | undefined {
  return workAsyncStorage.getStore()
}

/** Returns the start of the request, on the clock of `CacheEntry.timestamp`. */
export function requestBegan(): number | undefined {
  return nextRequest()?.requestStartTime
}

/** Whether a route handler serves the request, rather than a page. */
export function isRouteHandler(): boolean {
  return nextRequest()?.page.endsWith('/route') ?? false
}

/**
 * Returns the phase of the request: `action` in a server action and in a route handler, `after`, or `render`.
 * `undefined` in a prerender, in a cached function and outside of a request, where Next allows no revalidation.
 *
 * See docs/decisions/0003-nexts-own-phase-tells-where-code-runs.md
 */
export function renderPhase(): 'action' | 'render' | 'after' | undefined {
  const unit = workUnitAsyncStorage.getStore()
  return unit?.type === 'request' ? unit.phase : undefined
}

/**
 * Whether a request is rendered, rather than a static page or a cached value, which would keep what it is made of.
 */
export function isRequestTime(): boolean {
  return workUnitAsyncStorage.getStore()?.type === 'request'
}
