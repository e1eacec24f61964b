import { ServerResponse } from 'node:http'
import { privateCacheControl } from './cache-control.ts'
import { dependsOnVersions } from './judge.ts'
import { type Page, tagsOf } from './page.ts'

const header = 'cache-control'

/**
 * Keeps a page that depends on a version out of the caches of browsers and of what stands between, which no
 * invalidation reaches: by itself Next lets them keep it as long as it may live. Changes the page that is given, for
 * Next answers with that when it has just been made. A shell is left alone: what it opens with is sent as `no-store`.
 */
export function keepPrivate(page: Page, tags = tagsOf(page)): void {
  if (!dependsOnVersions(tags) || ('postponed' in page && page.postponed !== undefined)) return
  page.headers ??= {}
  page.headers[header] ??= privateCacheControl
}

// Next adds the headers of a page to those that the app has set in its proxy or in next.config, and of two that
// contradict each other the stricter is obeyed. What the app says itself stands, so ours is left out then.
const { appendHeader } = ServerResponse.prototype
ServerResponse.prototype.appendHeader = function (name, value) {
  if (name === header && value === privateCacheControl && this.hasHeader(name)) return this
  return appendHeader.call(this, name, value)
}
