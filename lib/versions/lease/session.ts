import { hostname } from 'node:os'
import postgres, { type Row, type RowList, type Sql } from 'postgres'
import { beforeDeadline, deadlineOf } from '../../base/deadline.ts'
import { dialer } from '../../postgres/dial.ts'
import type { VersionRow } from '../rows.ts'

/** The answer to a request for a lease. */
export interface Grant {
  /** `held`, or why there is none. */
  readonly state: string
  readonly seconds: number
  readonly rows: readonly VersionRow[]
}

/** How long an answer may take, besides a sleep, in milliseconds. */
const answerMilliseconds = 1000

/** The most that a lease may last, in seconds; Postgres says how long it does. */
const longestSeconds = 5

/** A little less than a lease lasts, so that it is extended before it ends. */
const sleepShare = 0.9

/**
 * A connection on which this server holds a lease: the lock of a transaction that sleeps in Postgres until it is
 * recalled. It does not keep the process running.
 */
export class LeaseSession {
  readonly #sql: Sql
  #told = 0

  /** Calls back, before anything else, when the connection is lost: its lock may be gone. */
  constructor(url: string, lost: () => void) {
    const options = {
      max: 1,
      idle_timeout: 0,
      connect_timeout: 5,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: `next-cache-versions lease ${hostname()}:${process.pid}`.slice(0, 63) },
      socket: dialer((socket) => {
        socket.unref()
        socket.prependListener('close', lost)
        socket.prependListener('end', lost)
      }),
    }
    this.#sql = postgres(url, options)
  }

  async open(): Promise<void> {
    const answer = await this.#answer(this.#sql.unsafe('select 1'))
    this.#told = answer.state.pid
  }

  /**
   * Asks for a lease and at once for the sleep, so that a recall finds a sleep to end. The lock is taken before the
   * versions are read, and the savepoint keeps it through an error until the rollback.
   */
  hold(): { grant: Promise<Grant>; sleep: Promise<boolean> } {
    const grant = this.#answer(
      this.#sql.unsafe(`
        begin isolation level read committed read write;
        select hold_cache_version_lease(${this.#told}) as state, cache_version_lease_seconds() as seconds;
        savepoint held;
        select cache, version from cache_versions`),
    ).then(grantOf)
    return { grant, sleep: this.#sleep('cache_version_lease_seconds()', longestSeconds) }
  }

  /** Sleeps on under the same lock. Returns whether the lease was recalled. */
  extend(seconds: number): Promise<boolean> {
    return this.#sleep(String(seconds), seconds)
  }

  /** Lets the writers go. Nothing may be answered from memory any more. */
  async giveUp(): Promise<void> {
    await this.#answer(this.#sql.unsafe('rollback'))
  }

  /** Waits until no lease is left of before the start of Postgres. */
  async awaitFormer(): Promise<void> {
    await this.#answer(this.#sql.unsafe('select await_former_cache_version_leases()'), 2000 * longestSeconds)
  }

  close(): void {
    void this.#sql.end({ timeout: 0 }).catch(() => {})
  }

  #sleep(seconds: string, longest: number): Promise<boolean> {
    const sleep = this.#answer(
      this.#sql.unsafe(`select await_cache_version_recall(${sleepShare} * ${seconds}) as recalled`),
      1000 * longest,
    ).then(([row]) => row?.recalled !== false)
    // Whoever waits for the grant first learns of it there.
    sleep.catch(() => {})
    return sleep
  }

  #answer(sent: PromiseLike<RowList<Row[]>>, sleepMilliseconds = 0): Promise<RowList<Row[]>> {
    const deadline = deadlineOf('A lease of the cache versions', answerMilliseconds + sleepMilliseconds)
    return beforeDeadline(sent, deadline, () => this.close())
  }
}

/** Of the answers to several statements those with rows are two. */
function grantOf(answers: unknown): Grant {
  const [held, rows] = (answers as RowList<Row[]>[]).filter(({ columns }) => columns)
  const row = held?.[0]
  return {
    state: String(row?.state),
    seconds: Number(row?.seconds),
    rows: (rows ?? []) as unknown as VersionRow[],
  }
}
