import { slot } from '../../base/slot.ts'
import { postgresFailure } from '../../postgres/failure.ts'
import { upgradeRemedy } from '../../postgres/remedy.ts'

/** Platforms that freeze an instance between requests. No clock in it can tell how long. */
const freezing = ['AWS_LAMBDA_FUNCTION_NAME', 'VERCEL', 'NETLIFY', 'FLY_MACHINE_ID']

/** A reason that lasts until somebody mends it is looked at again after so long. */
const lastingMilliseconds = 60_000
const outageMilliseconds = 1000

const refusal = slot(
  'lease refusal',
  (): { isAllowed: boolean; isForbidden: boolean; told: Set<string>; why: string | undefined } => ({
    isAllowed: false,
    isForbidden: false,
    told: new Set(),
    why: undefined,
  }),
)

/** Postgres has no lease to give for this reason. */
export class LeaseRefused extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(`No lease: ${reason}.`)
    this.reason = reason
  }
}

/**
 * Lets this process answer from memory under a lease. A server calls it; a script, a build and a test read from Postgres.
 */
export function allowLeases(): void {
  refusal.isAllowed = true
}

/** The app says "off". */
export function forbidLeases(): void {
  refusal.isForbidden = true
}

/** Whether this process may hold a lease, as far as it knows without Postgres. */
export function mayLease(): boolean {
  if (!refusal.isAllowed || refusal.isForbidden || process.env.CACHE_VERSIONS_LEASES === 'off') return false
  const platform = freezing.find((name) => process.env[name])
  if (!platform) return true
  tell(`${platform} is set: this platform freezes instances, and no clock in one tells for how long.`)
  return false
}

/** Returns why this server holds no lease, if there is a reason that lasts. */
export function whyNoLease(): string | undefined {
  return refusal.why
}

/** Forgets the reason: there is a lease. */
export function leaseGranted(): void {
  refusal.why = undefined
}

/** Says once why there is no lease, and returns how long to do without, in milliseconds. */
export function restAfter(error: unknown): number {
  const reason = lastingReason(error)
  if (!reason) return outageMilliseconds
  tell(reason)
  return lastingMilliseconds
}

function lastingReason(error: unknown): string | undefined {
  if (error instanceof LeaseRefused) {
    const { reason } = error
    if (reason === 'schema') return `The schema of cache versions has no leases yet. ${upgradeRemedy()}`
    return reasons[reason] ?? `Postgres says "${reason}".`
  }
  return postgresFailure(error).code === '42501'
    ? 'The role has no right to a function that leases need.'
    : undefined
}

const reasons: Readonly<Record<string, string>> = {
  standby: 'This Postgres is a standby. Connect to the primary.',
  pooler:
    'A pooler stands before Postgres. Set CACHE_VERSIONS_DATABASE_URL to the URL of Postgres itself, if there is one.',
  trigger:
    'The trigger recall_cache_version_leases is missing or not always on. Run: npx next-cache-versions doctor',
  refused: 'The role that connected may not read cache_versions itself.',
}

function tell(reason: string): void {
  refusal.why = reason
  if (refusal.told.has(reason)) return
  refusal.told.add(reason)
  console.warn(`[cache-versions] Versions are read from Postgres at each request, without a lease. ${reason}`)
}
