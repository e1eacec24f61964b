import { beforeDeadline, type Deadline, timeoutError } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import { type Answer, Connection } from './connection.ts'
import { isConnectionLost, postgresFailure } from './failure.ts'

/**
 * A few connections for one purpose, so that no other work waits behind it. One caller uses a connection at a time.
 *
 * See docs/decisions/0031-no-request-waits-behind-a-lock.md
 */
export class Pool {
  readonly #url: string
  readonly #all: Set<Connection>
  readonly #free: Connection[]
  readonly #line: ((connection: Connection) => void)[] = []

  constructor(url: string, size: number) {
    this.#url = url
    this.#free = Array.from({ length: size }, () => new Connection(url))
    this.#all = new Set(this.#free)
  }

  /** Where Postgres is, for people. */
  get address(): string {
    const [any] = this.#all
    return any?.address ?? ''
  }

  /** Asks for rows with these columns. */
  async ask<R>(statement: string, columns: readonly (keyof R & string)[], deadline: Deadline): Promise<R[]> {
    return await this.use(deadline, async (connection) =>
      rowsOf<R>(await connection.send(statement, deadline), columns),
    )
  }

  /**
   * Runs the work on a connection of its own, and once more on another if the first was lost: a restart of Postgres
   * closes idle connections. All waiting ends at the deadline.
   */
  async use<T>(deadline: Deadline, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.#use(deadline, work)
    } catch (error) {
      if (!isConnectionLost(error)) throw error
    }
    return await this.#use(deadline, work)
  }

  async close(seconds: number): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close(seconds)))
  }

  async #use<T>(deadline: Deadline, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#free.pop() ?? (await this.#turn(deadline))
    try {
      return await work(connection)
    } catch (error) {
      // On any error, drop the connection: postgres.js adds the rows of a broken answer to the next one
      // (https://github.com/porsager/postgres/issues/1119).
      connection.drop()
      throw postgresFailure(error).code === '57014' ? timeoutError(deadline, { cause: error }) : error
    } finally {
      this.#giveBack(connection)
    }
  }

  #turn(deadline: Deadline): Promise<Connection> {
    let come: (connection: Connection) => void = () => {}
    const turn = new Promise<Connection>((resolve) => {
      come = resolve
      this.#line.push(come)
    })
    return beforeDeadline(turn, deadline, () => this.#line.splice(this.#line.indexOf(come), 1))
  }

  #giveBack(used: Connection): void {
    const connection = used.isDropped ? this.#replace(used) : used
    const next = this.#line.shift()
    if (next) next(connection)
    else this.#free.push(connection)
  }

  #replace(dropped: Connection): Connection {
    const connection = new Connection(this.#url)
    this.#all.delete(dropped)
    this.#all.add(connection)
    return connection
  }
}

/** Returns the rows if they have the requested columns: a pooler may return the answer to another client's question. */
function rowsOf<R>(answer: Answer, columns: readonly (keyof R & string)[]): R[] {
  const given = answer.columns?.map(({ name }) => name) ?? []
  if (given.join() === columns.join()) return answer as unknown as R[]
  throw new CacheVersionsError(
    'wrong-answer',
    `The database was asked for the columns "${columns.join()}" and returned "${given.join()}". A pooler in between mixes up answers: connect to Postgres itself.`,
  )
}
