import { inspect } from 'node:util'
import type { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'

/** Trouble that follows the last so soon is of the same outage. */
const calmMilliseconds = 10_000

/** What a server says of Postgres in its log: once an outage that it has begun, and once that it is over. */
interface Outage {
  /** Whether this process is a server, whose callers do not tell of outages themselves. */
  isTold: boolean
  /** Since when, on the clock of `performance`, for as long as it lasts. */
  since: number | undefined
  /** Whether the log has its beginning, so that it needs its end. */
  told: boolean
  failedAt: number
}

const none = { isTold: false, since: undefined, told: false, failedAt: Number.NEGATIVE_INFINITY }
const outage = slot('outage', (): Outage => ({ ...none }))

/**
 * From now on this process tells of outages: it is a server, whose callers do not.
 *
 * See docs/decisions/0032-an-outage-is-logged-once.md
 */
export function tellOfOutages(): void {
  outage.isTold = true
}

/** For tests: forgets the outage, and tells of none. */
export function forgetOutages(): void {
  Object.assign(outage, none)
}

/** Whether the versions cannot be had at the moment, rather than for a mistake that stays. */
export function isOutage({ code }: CacheVersionsError): boolean {
  return code === 'database-unreachable' || code === 'database-timeout'
}

/** Notes that a read has failed. */
export function readFailed(error: CacheVersionsError): void {
  if (!outage.isTold) return
  // Next prints the error of each request up to three times, and its stack and cause say nothing new.
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

/** With the digest that Next shows to whoever made the request. */
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
