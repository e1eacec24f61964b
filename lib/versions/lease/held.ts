import { slot } from '../../base/slot.ts'
import type { CacheVersions } from '../register.ts'

/** A moment on both clocks: that of `performance` stops while a machine sleeps, and the other may be set. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

interface Held {
  readonly versions: CacheVersions
  readonly until: Moment
  /** Reads that it has answered. */
  reads: number
}

interface Lease {
  held: Held | undefined
  /** When the first of those began that followed each other without a recall, on the clock of `performance`. */
  since: number | undefined
  leases: number
  recalls: number
  /** Reads that leases of before have answered. */
  reads: number
}

export const lease = slot(
  'lease',
  (): Lease => ({ held: undefined, since: undefined, leases: 0, recalls: 0, reads: 0 }),
)

/** The clocks of this server and of Postgres may differ by so much in rate. */
const clockRate = 0.99

export function moment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() }
}

/** The end of a lease that was asked for at that moment, for so many seconds. */
export function endOf({ monotonic, wall }: Moment, seconds: number): Moment {
  const milliseconds = 1000 * seconds * clockRate
  return { monotonic: monotonic + milliseconds, wall: wall + milliseconds }
}

function isBefore({ monotonic, wall }: Moment): boolean {
  return performance.now() < monotonic && Date.now() < wall
}

/**
 * Returns the versions from memory while a lease lasts. The clocks are read at each use: no timer ends a lease in time
 * while the event loop is blocked.
 */
export function leasedVersions(): CacheVersions | undefined {
  const { held } = lease
  if (!held) return undefined
  if (!isBefore(held.until)) {
    dropLease()
    return undefined
  }
  held.reads++
  return held.versions
}

/** Whether a read would be answered from memory now. */
export function holdsLease(): boolean {
  return lease.held !== undefined && isBefore(lease.held.until)
}

/** Answers from memory until then. */
export function believeLease(versions: CacheVersions, until: Moment): void {
  lease.held = { versions, until, reads: 0 }
  lease.since ??= performance.now()
  lease.leases++
}

/** From now on nothing is answered from memory. */
export function dropLease(): void {
  if (lease.held) lease.reads += lease.held.reads
  lease.held = undefined
}

/** No other follows the last one at once. Returns how long they have lasted, in milliseconds. */
export function endLeases(): number {
  const { since } = lease
  lease.since = undefined
  return since === undefined ? 0 : performance.now() - since
}
