import { lease } from './held.ts'
import { whyNoLease } from './refusal.ts'

/** The leases of this server, since it has started. */
export interface LeaseStatus {
  /** Since when it answers from memory; undefined while it reads from Postgres. */
  readonly since: Date | undefined
  /** Each lasts for a second at most, and the next one follows while it is used. */
  readonly leases: number
  /** How many of them a writer has recalled. */
  readonly recalls: number
  /** Reads that were answered from memory. */
  readonly reads: number
  /** Why it can have none, where that lasts. */
  readonly refusal: string | undefined
}

/** Returns whether this server answers from memory now, and what its leases have done. */
export function leaseStatus(): LeaseStatus {
  const { held, since, leases, recalls, reads } = lease
  return {
    since: held && since !== undefined ? new Date(performance.timeOrigin + since) : undefined,
    leases,
    recalls,
    reads: reads + (held?.reads ?? 0),
    refusal: whyNoLease(),
  }
}
