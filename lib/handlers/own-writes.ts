import { processState } from '../core/process-state.ts'
import { nextRequest } from '../request/next-request.ts'

export function noteOwnWrite(write: Promise<unknown>): void {
  const render = nextRequest()
  if (!render) return
  const { ownWrites } = processState()
  const own = ownWrites.get(render) ?? new Set()
  ownWrites.set(render, own.add(write))
  const ended = () => own.delete(write)
  write.then(ended, ended)
}

/** Settles when what the render is writing now is written; rejects when one write fails. */
export function ownWrites(render: object | undefined = nextRequest()): Promise<unknown> | undefined {
  const own = render && processState().ownWrites.get(render)
  return own && own.size > 0 ? Promise.all(own) : undefined
}
