import type { ServerResponse } from 'node:http'

/**
 * Calls back when Next begins to answer the prefetch of a segment from its cache, before it says how long the answer
 * may be kept: by then it has set this header (`build/templates/app-page-runtime.js`). Without it browsers answer
 * prefetches from their disk.
 *
 * See docs/decisions/0027-pages-that-depend-on-a-version-are-private.md
 */
export function beforeSegmentAnswer(response: ServerResponse, answers: () => void): void {
  const { setHeader } = response
  response.setHeader = function (name, value) {
    if (name === 'x-nextjs-postponed' && value === '2') answers()
    return setHeader.call(this, name, value)
  }
}
