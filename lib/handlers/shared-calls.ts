import { changesNow } from './current.ts'
import { changesKnown } from './history.ts'
import type { InvocationHooks } from './next/invocations.ts'
import { Signal } from './signal.ts'

/** A call of a `'use cache'` function, its lookup and its load, that other requests may join. */
interface SharedCall {
  /** How many changes of the versions are in its result for certain. */
  readonly shows: number
  readonly ended: Signal
}

const underWay = new Map<string, Set<SharedCall>>()

/** Lets no request join a call that an invalidation has overtaken. */
export const sharedCalls: InvocationHooks = {
  begin(key) {
    const call = { shows: changesKnown(), ended: new Signal() }
    const calls = underWay.get(key) ?? new Set()
    underWay.set(key, calls.add(call))
    return () => {
      calls.delete(call)
      if (calls.size === 0) underWay.delete(key)
      call.ended.come()
    }
  },

  beforeJoin(key) {
    return underWay.has(key) ? overtakenEnded(key) : undefined
  },
}

/**
 * Settles when all overtaken calls of the key have ended, so their results are stored. To join one would have taken as
 * long. It never rejects.
 */
async function overtakenEnded(key: string): Promise<void> {
  const current = await changesNow()
  const overtaken = [...(underWay.get(key) ?? [])].filter(({ shows }) => shows < current)
  await Promise.all(overtaken.map(({ ended }) => ended.promise))
}
