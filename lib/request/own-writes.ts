import { slot } from '../base/slot.ts'
import { nextRequest } from '../internals/render.ts'

/** The invalidations that each render is writing to Postgres, keyed by Next's record of the render. */
const writes = slot('own writes', () => new WeakMap<object, Set<Promise<unknown>>>())

export function noteOwnWrite(write: Promise<unknown>): void {
  const render = nextRequest()
  if (!render) return
  const own = writes.get(render) ?? new Set()
  writes.set(render, own.add(write))
  const ended = () => own.delete(write)
  write.then(ended, ended)
}

/**
 * Settles when the render's invalidations are written; rejects when one of them fails.
 *
 * See docs/decisions/0025-a-response-waits-for-its-invalidations.md
 */
export function ownWrites(render: object | undefined = nextRequest()): Promise<unknown> | undefined {
  const own = render && writes.get(render)
  return own && own.size > 0 ? Promise.all(own) : undefined
}
