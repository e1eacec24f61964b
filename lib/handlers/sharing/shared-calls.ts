import { Signal } from '../../base/signal.ts'
import { slot } from '../../base/slot.ts'
import type { InvocationHooks } from '../../internals/invocations.ts'
import { isRequestTime } from '../../internals/render.ts'
import { changesKnown } from '../../versions/history.ts'
import { changesNow } from '../verdict/current.ts'

/** A call of a `'use cache'` function, from its lookup to the end of its load. Other requests may join it. */
interface SharedCall {
  /** The number of version changes that its result is known to show. */
  readonly shows: number
  /** Whether it may be answered by an entry of a stale tag, which a page or another entry would keep. */
  readonly mayBeStale: boolean
  readonly ended: Signal
}

/** A page joins again after so many calls that it waited for: requests may come without end. */
const mostWaits = 10

interface Changes {
  /** Returns the number of version changes that this process knows of. */
  known(): number
  /** Returns the number of version changes so far. It never rejects. */
  now(): Promise<number>
}

/**
 * Lets no request join a call that an invalidation has overtaken.
 *
 * See docs/decisions/0023-calls-of-use-cache-are-watched-where-next-keeps-them.md
 */
export class SharedCalls implements InvocationHooks {
  readonly #changes: Changes
  readonly #underWay = new Map<string, Set<SharedCall>>()

  constructor(changes: Changes) {
    this.#changes = changes
  }

  begin(key: string): () => void {
    const call = { shows: this.#changes.known(), mayBeStale: isRequestTime(), ended: new Signal() }
    const calls = this.#underWay.get(key) ?? new Set()
    this.#underWay.set(key, calls.add(call))
    return () => {
      calls.delete(call)
      if (calls.size === 0) this.#underWay.delete(key)
      call.ended.come()
    }
  }

  beforeJoin(key: string): Promise<void> | undefined {
    return this.#underWay.has(key) ? this.#overtakenEnded(key) : undefined
  }

  /**
   * Settles when all overtaken calls of the key have ended and stored their results, and those of requests, where a page or
   * another entry would join. A join would have taken as long. It never rejects.
   */
  async #overtakenEnded(key: string): Promise<void> {
    const keeps = !isRequestTime()
    const current = await this.#changes.now()
    for (let waits = 0; waits < mostWaits; waits++) {
      const avoided = [...(this.#underWay.get(key) ?? [])].filter(
        ({ shows, mayBeStale }) => shows < current || (keeps && mayBeStale),
      )
      if (avoided.length === 0) return
      await Promise.all(avoided.map(({ ended }) => ended.promise))
    }
  }
}

/** The calls in flight in this process. */
export const sharedCalls = slot(
  'shared calls',
  () => new SharedCalls({ known: changesKnown, now: changesNow }),
)
