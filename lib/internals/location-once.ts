import type { ServerResponse } from 'node:http'

/**
 * Keeps Next from sending the `Location` of a redirect twice. The render sets it on the response, and Next appends what
 * the rendered page carries (`build/templates/app-page-runtime.js`); proxies join the two to an address that does not
 * exist. Nothing is lost where Next does it no more.
 *
 * See https://github.com/vercel/next.js/issues/82117
 */
export function appendLocationOnce(response: ServerResponse): void {
  const { appendHeader } = response
  response.appendHeader = function (name, value) {
    if (name.toLowerCase() === 'location' && this.getHeader(name) === value) return this
    return appendHeader.call(this, name, value)
  }
}
