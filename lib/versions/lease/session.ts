import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import postgres, { type PendingQuery, type Row, type RowList, type Sql } from 'postgres'
import { beforeDeadline, deadlineOf } from '../../base/deadline.ts'
import { dialer } from '../../postgres/dial.ts'
import { postgresFailure } from '../../postgres/failure.ts'
import type { Statement } from '../../postgres/statement.ts'
import type { VersionRow } from '../rows.ts'
import type { TagLine } from '../tags/changes.ts'
import { LeaseRefused } from './refusal.ts'

/** The answer to a request for a lease. */
export interface Grant {
  /** `held`, or why there is none; `canceled` where a recall came in between. */
  readonly state: string
  /** How long it lasts from when it was asked for. */
  readonly seconds: number
  readonly rows: readonly VersionRow[]
  /** The lines of the log of tags since the last one known. */
  readonly lines: readonly TagLine[]
}

/** How long an answer may take, besides a sleep, in milliseconds. */
const answerMilliseconds = 1000

/** The most that a lease may last, in seconds; Postgres says how long it does. */
const longestSeconds = 5

/** So that the next one is asked for before this one has ended. */
const sleepShare = 0.9

/** Nothing of Postgres may end a lease before its server does. */
const withoutLimits = `
  select set_config(name, '0', false)
  from unnest(array['statement_timeout', 'transaction_timeout', 'client_connection_check_interval', 'tcp_user_timeout']) as name
  where current_setting(name, true) is not null`

/**
 * A connection on which this server holds its leases: each is the lock of a transaction that sleeps in Postgres until it
 * is recalled. It does not keep the process running, and is not opened again once it was lost.
 */
export class LeaseSession {
  readonly #sql: Sql
  #socket: Socket | undefined
  #sleep: PendingQuery<Row[]> | undefined
  /** The process of Postgres on the other side, as it was told at the start; 0 before. */
  #told = 0
  #isEnding = false

  /** Calls back first of all when the connection is lost: its lock may be gone. */
  constructor(url: string, lost: () => void) {
    const options = {
      max: 1,
      idle_timeout: 0,
      // postgres.js would end it in the middle of a lease.
      max_lifetime: null,
      connect_timeout: 5,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: `next-cache-versions lease ${hostname()}:${process.pid}`.slice(0, 63) },
      socket: dialer((socket) => {
        // That of a request to cancel.
        if (this.#isEnding) return
        this.#socket = socket.unref()
        const end = () => {
          // Before, postgres.js looks for the right one of several hosts.
          if (this.#told === 0) return
          lost()
          this.close()
        }
        socket.prependListener('end', end)
        socket.prependListener('close', end)
      }),
    }
    this.#sql = postgres(url, options)
  }

  async open(): Promise<void> {
    const answer = await this.#send(`
      select pg_backend_pid() as pid, pg_is_in_recovery() as is_standby,
        to_regproc('hold_cache_version_lease') is not null as has_leases`)
    this.#told = answer.state.pid
    if (answer[0]?.pid !== this.#told) throw new LeaseRefused('pooler')
    if (answer[0]?.is_standby) throw new LeaseRefused('standby')
    if (!answer[0]?.has_leases) throw new LeaseRefused('schema')
    await this.#send(withoutLimits)
  }

  /**
   * Asks for a lease and at once for the sleep, so that a recall finds a sleep to end. The lock is taken before the
   * versions are read, and the savepoint keeps it through an error until the rollback.
   */
  hold(lines: Statement | undefined): { grant: Promise<Grant>; sleep: Promise<boolean> } {
    const grant = this.#send(`
      begin isolation level read committed read write;
      select hold_cache_version_lease(${this.#told}) as state, cache_version_lease_seconds() as seconds;
      savepoint held;
      select cache, version from cache_versions;
      ${lines?.text ?? ''}`).then(grantOf, canceledGrant)
    this.#sleep = this.#sql.unsafe(
      `select await_cache_version_recall(${sleepShare} * cache_version_lease_seconds()) as recalled`,
    )
    const sleep = this.#answer(this.#sleep, 1000 * longestSeconds).then(
      ([row]) => row?.recalled !== false,
      (error: unknown) => {
        if (isCanceled(error)) return true
        throw error
      },
    )
    // Whoever waits for the grant learns of it there.
    sleep.catch(() => {})
    return { grant, sleep }
  }

  /** Ends the sleep, as a recall does. */
  wake(): void {
    this.#isEnding = true
    this.#sleep?.cancel()
  }

  /** Lets the writers go. Nothing may be answered from memory any more. */
  async giveUp(): Promise<void> {
    try {
      await this.#send('rollback to savepoint held; select give_up_cache_version_lease(); rollback')
    } catch (error) {
      // A recall came late and the lock is there still, or so early that there is no savepoint.
      if (!isCanceled(error) && postgresFailure(error).code !== '3B001') throw error
      await this.rollback()
    }
  }

  async rollback(): Promise<void> {
    await this.#send('rollback')
  }

  /** Waits until no lease is left of before the start of Postgres. */
  async awaitFormer(): Promise<void> {
    await this.#send('select await_former_cache_version_leases()', 2000 * longestSeconds)
  }

  close(): void {
    void this.#sql.end({ timeout: 0 }).finally(() => this.#socket?.destroy())
  }

  #send(statements: string, sleepMilliseconds = 0): Promise<RowList<Row[]>> {
    return this.#answer(this.#sql.unsafe(statements), sleepMilliseconds)
  }

  #answer(query: PendingQuery<Row[]>, sleepMilliseconds: number): Promise<RowList<Row[]>> {
    const deadline = deadlineOf('A lease of the cache versions', answerMilliseconds + sleepMilliseconds)
    return beforeDeadline(query, deadline, () => this.close())
  }
}

/** Of the answers to several statements those with rows are two, or three. */
function grantOf(answers: unknown): Grant {
  const [held, rows, lines] = (answers as RowList<Row[]>[]).filter(({ columns }) => columns)
  const row = held?.[0]
  return {
    state: String(row?.state),
    seconds: Number(row?.seconds),
    rows: (rows ?? []) as unknown as VersionRow[],
    lines: (lines ?? []) as unknown as TagLine[],
  }
}

function canceledGrant(error: unknown): Grant {
  if (isCanceled(error)) return { state: 'canceled', seconds: 0, rows: [], lines: [] }
  throw error
}

/** A recall cancels the statement that runs. */
function isCanceled(error: unknown): boolean {
  return postgresFailure(error).code === '57014'
}
