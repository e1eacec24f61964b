/**
 * The headers in which a proxy tells Next how to go on (`server/web/spec-extension/response.js`). Without them the
 * versions that the proxy reads do not reach the page, which then reads them itself.
 */
const overrideList = 'x-middleware-override-headers'
const overridePrefix = 'x-middleware-request-'

/** Returns the URL to which the response rewrites the request, if it does. */
export function rewriteOf(response: Response): string | null {
  return response.headers.get('x-middleware-rewrite')
}

/** Whether Next goes on with the request. */
export function goesOn(response: Response): boolean {
  return response.headers.has('x-middleware-next')
}

/** Returns the request headers as the proxy sets them, or `undefined` when it leaves them unchanged. */
export function overriddenHeaders(response: Response): Headers | undefined {
  const names = response.headers.get(overrideList)
  if (names === null) return undefined
  const headers = new Headers()
  for (const name of names.split(',')) {
    const value = response.headers.get(overridePrefix + name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

export function isOverride(header: string): boolean {
  return header === overrideList || header.startsWith(overridePrefix)
}
