import type { Socket } from 'node:net'
import postgres, { type Row, type RowList, type Sql } from 'postgres'
import { beforeDeadline, type Deadline, remaining } from '../base/deadline.ts'
import { dialer } from './dial.ts'

export type Answer = RowList<Row[]>

/**
 * One connection to Postgres, opened at its first use, with one message in flight at a time: poolers can lose or mix up
 * the answers of several. Nothing it does outlives a transaction, so a pooler may stand in between.
 */
export class Connection {
  readonly #sql: Sql
  #socket: Socket | undefined
  #isDropped = false

  /** @throws what postgres.js throws for a URL that it cannot read. */
  constructor(url: string) {
    const options = {
      max: 1,
      max_pipeline: 0,
      idle_timeout: 10,
      connect_timeout: 10,
      // A database that is back must serve the very next request, so a reconnect never waits.
      backoff: () => 0,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: 'next-cache-versions' },
      socket: dialer((socket) => {
        this.#socket = socket
        if (this.#isDropped) socket.destroy()
      }),
    }
    this.#sql = postgres(url, options)
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  /** Where Postgres is, for people. */
  get address(): string {
    const { host, port } = this.#sql.options
    return `${host[0]}:${port[0]}`
  }

  /**
   * Sends statements without parameters in one message, which is one transaction unless they say otherwise. Returns the
   * answer to the last one that has rows. Postgres itself ends each statement a little before the deadline.
   */
  async send(statements: string, deadline: Deadline): Promise<Answer> {
    const sent = this.#sql.unsafe(`set local statement_timeout = ${limitFor(deadline)}; ${statements}`)
    const answer: unknown = await beforeDeadline(sent, deadline, () => this.drop())
    // Several statements with rows have several answers.
    return (Array.isArray(answer) && !('command' in answer) ? answer.at(-1) : answer) as Answer
  }

  /** Closes it at once, whatever it waits for. */
  drop(): void {
    this.#isDropped = true
    // First in order, so that a Postgres that listens is told; then at once.
    void this.#sql.end({ timeout: 0 }).finally(() => this.#socket?.destroy())
  }

  /** Closes it when its work has ended, within so many seconds. */
  async close(seconds: number): Promise<void> {
    this.#isDropped = true
    await this.#sql.end({ timeout: seconds })
    this.#socket?.destroy()
  }
}

/** One of twenty, for pg_stat_statements keeps each SET with another number for another statement. */
function limitFor(deadline: Deadline): number {
  const step = Math.max(1, Math.round(deadline.milliseconds / 20))
  return step * Math.max(1, Math.floor((0.9 * remaining(deadline)) / step))
}
