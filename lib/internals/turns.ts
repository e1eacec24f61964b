import { setImmediate as turn } from 'node:timers/promises'

/** Settles when the driver has sent its query: it sends when the event loop turns. */
export async function afterQuestion(): Promise<void> {
  await turn()
  await turn()
}

/**
 * Calls back in the turn of the event loop after the one in which Next looks up a page: all its work between the export
 * of `cacheHandler` and its `get` is one turn (`lib/batcher.js`). Without it the head start would be dropped too early
 * or too late, which costs a read.
 *
 * See docs/decisions/0030-the-versions-are-read-while-next-prepares-the-page.md
 */
export function afterNextAsks(callback: () => void): void {
  setImmediate(callback)
}

/**
 * Calls back when Next has resolved the requests that share a lookup or a load: it resolves them before the loop turns.
 */
export function afterNextTells(callback: () => void): void {
  setImmediate(callback)
}
