import type { IncomingMessage } from 'node:http'

/** Next's notes on a request (`server/request-meta.js`). */
interface Meta {
  readonly match?: {
    readonly definition?: { readonly pathname?: string }
    readonly params?: Readonly<Record<string, string | readonly string[] | undefined>>
  }
}

export const metaOfRequest = Symbol.for('NextInternalRequestMeta')

/**
 * Returns the route that answers, such as `/posts/[id]`, once Next has chosen it. Without it requests do not wait for
 * loads of their page that an invalidation has overtaken.
 */
export function routeOf(request: IncomingMessage): string | undefined {
  return matchOf(request)?.definition?.pathname
}

/** Returns the route with its params filled in, such as `/posts/42`: the same for all requests for one page. */
export function pathOf(request: IncomingMessage): string | undefined {
  const params = matchOf(request)?.params ?? {}
  return routeOf(request)?.replace(/\[\[?(?:\.\.\.)?([^\]]+)\]\]?/g, (_, name: string) =>
    [params[name] ?? []].flat().map(encodeURIComponent).join('/'),
  )
}

function matchOf(request: IncomingMessage): Meta['match'] {
  return (request as { [metaOfRequest]?: Meta })[metaOfRequest]?.match
}

/** Whether it is a prefetch, for which Next revalidates nothing in the background (`route-modules/route-module.js`). */
export function isPrefetch({ headers }: IncomingMessage): boolean {
  return headers.purpose === 'prefetch' || headers['next-router-prefetch'] !== undefined
}

/** Whether it is the prefetch of one segment (`client/components/app-router-headers.js`). */
export function isSegmentPrefetch({ headers }: IncomingMessage): boolean {
  return headers['next-router-segment-prefetch'] !== undefined
}
