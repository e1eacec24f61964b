import { inspect } from 'node:util'
import type { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'

/** A failure within this time after the last one belongs to the same outage. */
const calmMilliseconds = 10_000

/** The outage of Postgres, which a server logs twice: when it begins and when it is over. */
interface Outage {
  /** Whether this process logs outages: it is a server, whose callers do not. */
  isTold: boolean
  /** The start of the outage, on the clock of `performance`. */
  since: number | undefined
  /** Whether its beginning is in the log, so that its end must follow. */
  told: boolean
  failedAt: number
}

const none = { isTold: false, since: undefined, told: false, failedAt: Number.NEGATIVE_INFINITY }
const outage = slot('outage', (): Outage => ({ ...none }))

/**
 * Logs outages from now on. A server calls it; a script reports its errors itself.
 *
 * See docs/decisions/0032-an-outage-is-logged-once.md
 */
export function tellOfOutages(): void {
  outage.isTold = true
}

/** For tests: forgets the outage, and logs none. */
export function forgetOutages(): void {
  Object.assign(outage, none)
}

/** Whether Postgres is out of reach for the moment, unlike a mistake that stays. */
export function isOutage({ code }: CacheVersionsError): boolean {
  return code === 'database-unreachable' || code === 'database-timeout'
}

/** Notes that a read has failed. */
export function readFailed(error: CacheVersionsError): void {
  if (!outage.isTold) return
  // Next prints the error of each request up to three times; its stack and cause add nothing.
  Object.defineProperty(error, inspect.custom, { value: oneLine })
  if (!isOutage(error)) return
  const now = performance.now()
  if (outage.since === undefined) {
    outage.since = now
    outage.told = now - outage.failedAt > calmMilliseconds
    if (outage.told) {
      console.warn(
        `${error.message} Until it answers, what needs a version fails, or is stale where the app allows that.`,
      )
    }
  }
  outage.failedAt = now
}

/** With the digest that Next shows in the response. */
function oneLine(this: Error & { digest?: string }): string {
  return `${this.name}: ${this.message}${this.digest ? ` (digest ${this.digest})` : ''}`
}

/** Notes that a read has succeeded. */
export function readSucceeded(): void {
  if (outage.since === undefined) return
  const seconds = Math.round((performance.now() - outage.since) / 1000)
  if (outage.told) console.warn(`[cache-versions] Postgres answers again, after ${seconds} s.`)
  outage.since = undefined
}
