import { setTimeout as delay } from 'node:timers/promises'
import { slot } from '../../base/slot.ts'
import { database } from '../../postgres/database.ts'
import type { CacheVersions } from '../register.ts'
import { versionOfTags, versionsOf } from '../rows.ts'
import { changes, type TagLine } from '../tags/changes.ts'
import { newLines, noteAnswer, type Question } from '../tags/read.ts'
import { believeLease, dropLease, endLeases, endOf, lease, moment } from './held.ts'
import { forgetPauses, pauseAfter } from './pause.ts'
import { LeaseRefused, leaseGranted, mayLease, restAfter } from './refusal.ts'
import { LeaseSession } from './session.ts'

/** A server that reads less often than this holds no lease: it would ask Postgres more often than without. */
const wantedMilliseconds = 1000

/** How long a process that ends waits for its lease to be given up. */
const endMilliseconds = 1000

interface Keeper {
  /** The work of the session, while there is one. */
  running: Promise<void> | undefined
  /** When a read was last answered, on the clock of `performance`. */
  readAt: number
  restUntil: number
  session: LeaseSession | undefined
}

const keeper = slot(
  'lease keeper',
  (): Keeper => ({
    running: undefined,
    readAt: Number.NEGATIVE_INFINITY,
    restUntil: Number.NEGATIVE_INFINITY,
    session: undefined,
  }),
)

/**
 * Notes a read of Postgres, and asks for a lease if such reads are frequent. Nobody waits for it.
 *
 * See docs/decisions/0053-versions-are-read-from-memory-under-a-lease.md
 */
export function wantLease(): void {
  const isWanted = isFrequent()
  keeper.readAt = performance.now()
  if (!isWanted || keeper.running || keeper.readAt < keeper.restUntil || !mayLease()) return
  keeper.running = keep().finally(() => {
    keeper.running = undefined
  })
}

/** Gives the lease up and closes its connection, so that no writer waits for this process. */
export async function endLease(): Promise<void> {
  dropLease()
  forgetPauses()
  const { session, running } = keeper
  if (!session) return
  keeper.session = undefined
  session.wake()
  await Promise.race([running, delay(endMilliseconds, undefined, { ref: false })])
  session.close()
}

function isFrequent(): boolean {
  return performance.now() - keeper.readAt < wantedMilliseconds
}

async function keep(): Promise<void> {
  const session = new LeaseSession(database().url, dropLease)
  keeper.session = session
  try {
    await session.open()
    while (keeper.session === session && isFrequent()) {
      await delay(await holdOnce(session), undefined, { ref: false })
    }
  } catch (error) {
    dropLease()
    endLeases()
    if (keeper.session === session) keeper.restUntil = performance.now() + restAfter(error)
  } finally {
    if (keeper.session === session) keeper.session = undefined
    session.close()
  }
}

/** Holds one lease until it is recalled or ends. Returns how long to wait before the next, in milliseconds. */
async function holdOnce(session: LeaseSession): Promise<number> {
  const asked = moment()
  const question = newLines()
  const { grant, sleep } = session.hold(question.last && question.statement)
  const { state, seconds, rows, lines } = await grant
  if (state === 'canceled') await session.giveUp()
  else if (state !== 'held') await session.rollback()
  if (state !== 'held') return await without(session, state)
  const versions = versionsOf(rows)
  // A process that ends believes in none that comes late.
  if (keeper.session === session && knowsTags(versions, question, lines))
    believeLease(versions, endOf(asked, seconds))
  leaseGranted()
  const { reads } = lease
  const isRecalled = await sleep
  // First, for then the writers go on.
  dropLease()
  await session.giveUp()
  // Also where it has ended by the clock before the sleep did.
  const isUsed = lease.reads > reads

  if (isUsed) keeper.readAt = performance.now()
  if (isUsed && !isRecalled) return 0
  const lived = endLeases()
  if (!isRecalled) return 0
  lease.recalls++
  return pauseAfter(lived)
}

/** Whether the changes of tags are known up to these versions. Otherwise the next read of Postgres reads them. */
function knowsTags(versions: CacheVersions, question: Question, lines: readonly TagLine[]): boolean {
  const version = versionOfTags(versions)
  if (!changes.areWatched || version === undefined || version === changes.version) return true
  if (!question.last || !noteAnswer(question, lines)) return false
  changes.version = version
  return true
}

async function without(session: LeaseSession, state: string): Promise<number> {
  if (state === 'changing' || state === 'canceled') return pauseAfter(0)
  if (state !== 'started') throw new LeaseRefused(state)
  await session.awaitFormer()
  return 0
}
