import { setImmediate as turn } from 'node:timers/promises'

/** Settles when the driver has sent its question: it sends when the event loop turns. */
export async function afterQuestion(): Promise<void> {
  await turn()
  await turn()
}

/**
 * Calls back in the turn of the event loop after the one in which Next asks for a page: all that it does between the
 * export of `cacheHandler` and its `get` is one turn. Without it the head start would be given up too early or too late,
 * which costs a read.
 *
 * See docs/decisions/0030-the-versions-are-read-while-next-prepares-the-page.md
 */
export function afterNextAsks(callback: () => void): void {
  setImmediate(callback)
}

/** Calls back when Next has told those who share a lookup or a load: it tells them before the loop turns. */
export function afterNextTells(callback: () => void): void {
  setImmediate(callback)
}
