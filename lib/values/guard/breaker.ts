import { inTime, isLate } from '../../base/timer.ts'
import { isAboutEntry, type Store } from '../stores/contract.ts'
import { nameOf } from '../stores/name.ts'

/** The kind of a command, which may fail apart from the other: a full store still reads. */
export type Use = 'read' | 'write'

/**
 * Bypasses a failing store. The first failure opens the breaker: from then on the store is not asked, except by a probe
 * in the background that no caller awaits, and the probe closes it. A store that answers but does not store (it is
 * full, or read-only) is still read.
 *
 * See docs/decisions/0019-the-first-failure-opens-the-breaker.md
 */
export interface Breaker {
  allows(use: Use): boolean
  /** Reports the failure of a command that began at this time, on the clock of `performance`. */
  failed(use: Use, cause: unknown, began: number): void
}

const firstPauseMilliseconds = 100
const longestPauseMilliseconds = 5000
/**
 * A failure within this time after the last one belongs to the same outage: a full Redis takes a small entry now and
 * then.
 */
const calmMilliseconds = 10_000
const probeName = nameOf('probe', '')

export function breaker(store: Store): Breaker {
  let shut: 'nothing' | 'writes' | 'everything' = 'nothing'
  let pause = firstPauseMilliseconds
  let probeAt = 0
  let probing = false
  let closedAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY

  async function probe(): Promise<void> {
    probing = true
    const reads = await succeeds(store, () => store.get(probeName))
    const writes = reads && (await succeeds(store, () => store.set(probeName, '', 1)))
    probing = false
    if (reads && writes) {
      shut = 'nothing'
      closedAt = performance.now()
    } else {
      shut = reads ? 'writes' : 'everything'
      pause = Math.min(2 * pause, longestPauseMilliseconds)
      failedAt = performance.now()
      probeAt = failedAt + pause
    }
  }

  return {
    allows(use) {
      if (shut === 'nothing') return true
      if (!probing && performance.now() >= probeAt) void probe()
      return shut === 'writes' && use === 'read'
    },
    failed(use, cause, began) {
      // The command began in an outage that is over.
      if (began < closedAt) return
      const isOpen = shut !== 'nothing'
      const isNew = performance.now() - failedAt > calmMilliseconds
      failedAt = performance.now()
      const isDeaf = use === 'read' || isLate(cause)
      if (isDeaf) shut = 'everything'
      else if (!isOpen) shut = 'writes'
      if (isOpen) return
      if (isNew) {
        pause = firstPauseMilliseconds
        console.warn(warning(store, isDeaf, cause))
      }
      probeAt = performance.now() + pause
    },
  }
}

async function succeeds({ budgetMilliseconds }: Store, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await (budgetMilliseconds === undefined ? ask() : inTime(ask(), budgetMilliseconds))
    return true
  } catch (error) {
    return isAboutEntry(error)
  }
}

function warning(store: Store, isDeaf: boolean, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return isDeaf
    ? `[cache-versions] The store "${store.name}" does not answer as it must (${reason}). Values are loaded or kept in memory until it does; check the server and its address.`
    : `[cache-versions] The store "${store.name}" takes no values (${reason}). New ones are kept in memory until it does; check the server's memory, role and rights.`
}
