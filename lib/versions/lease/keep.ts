import { setTimeout as delay } from 'node:timers/promises'
import { slot } from '../../base/slot.ts'
import { database } from '../../postgres/database.ts'
import { versionsOf } from '../rows.ts'
import { believeLease, dropLease, endOf, extendLease, lease, type Moment, moment } from './held.ts'
import { pauseAfter } from './pause.ts'
import { LeaseRefused, leaseGranted, mayLease, restAfter } from './refusal.ts'
import { LeaseSession } from './session.ts'

/** A server that reads less often than this holds no lease: it would ask Postgres more often than without. */
const wantedMilliseconds = 1000

/** A transaction is renewed after so long, for long ones alarm people. */
const longestMilliseconds = 30_000

const keeper = slot(
  'lease keeper',
  (): { isRunning: boolean; readAt: number; restUntil: number; session: LeaseSession | undefined } => ({
    isRunning: false,
    readAt: Number.NEGATIVE_INFINITY,
    restUntil: Number.NEGATIVE_INFINITY,
    session: undefined,
  }),
)

/** Notes a read of Postgres, and asks for a lease if such reads are frequent. Nobody waits for it. */
export function wantLease(): void {
  const isWanted = isFrequent()
  keeper.readAt = performance.now()
  if (!isWanted || keeper.isRunning || keeper.readAt < keeper.restUntil || !mayLease()) return
  keeper.isRunning = true
  void keep().finally(() => {
    keeper.isRunning = false
  })
}

/** Gives the lease up and closes its connection. */
export function endLease(): void {
  dropLease()
  keeper.session?.close()
}

function isFrequent(): boolean {
  return performance.now() - keeper.readAt < wantedMilliseconds
}

async function keep(): Promise<void> {
  const session = new LeaseSession(database().url, dropLease)
  keeper.session = session
  try {
    await session.open()
    do await delay(await holdOnce(session), undefined, { ref: false })
    while (isFrequent())
  } catch (error) {
    dropLease()
    keeper.restUntil = performance.now() + restAfter(error)
  } finally {
    keeper.session = undefined
    session.close()
  }
}

/** Holds one lease until it is recalled, no longer used, or old. Returns how long to wait before the next, in milliseconds. */
async function holdOnce(session: LeaseSession): Promise<number> {
  const asked = moment()
  const { grant, sleep } = session.hold()
  const { state, seconds, rows } = await grant
  if (state !== 'held') {
    await session.giveUp()
    if (state === 'changing') return pauseAfter(0)
    if (state !== 'started') throw new LeaseRefused(state)
    await session.awaitFormer()
    return 0
  }
  believeLease(versionsOf(rows), endOf(asked, seconds))
  leaseGranted()
  const isRecalled = await sleepWhileUsed(session, { asked, seconds, sleep })
  if (lease.held?.reads) keeper.readAt = performance.now()
  // First, for the rollback lets the writers go.
  dropLease()
  await session.giveUp()
  if (!isRecalled) return 0
  lease.recalls++
  return pauseAfter(performance.now() - asked.monotonic)
}

/** Extends the lease for as long as it is used. Returns whether it was recalled. */
async function sleepWhileUsed(
  session: LeaseSession,
  { asked, seconds, sleep }: { asked: Moment; seconds: number; sleep: Promise<boolean> },
): Promise<boolean> {
  let isRecalled = await sleep
  while (!isRecalled && isPaying(asked)) {
    // Postgres lets go of a session that stays silent: one that comes late may have no lock any more.
    if (!extendLease(seconds)) return false
    isRecalled = await session.extend(seconds)
  }
  return isRecalled
}

function isPaying(asked: Moment): boolean {
  return (lease.held?.reads ?? 0) > 0 && performance.now() - asked.monotonic < longestMilliseconds
}
