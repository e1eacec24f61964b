import { beforeDeadline, type Deadline, timeoutError } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import { type Answer, Connection } from './connection.ts'
import { isConnectionLost, postgresFailure } from './failure.ts'

/**
 * A few connections for one purpose, so that nothing else waits behind it. Each is used by one caller at a time.
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
   * Gives the work a connection for itself, and another once more when the first was lost: a restart of Postgres
   * closes those that were idle. All that is waited for is within the deadline.
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
      // Whatever went wrong: postgres.js adds rows of an answer that broke off to the next one (porsager/postgres#1119).
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

/** The rows, if they are what was asked for: a pooler may give the answer to the question of somebody else. */
function rowsOf<R>(answer: Answer, columns: readonly (keyof R & string)[]): R[] {
  const given = answer.columns?.map(({ name }) => name) ?? []
  if (given.join() === columns.join()) return answer as unknown as R[]
  throw new CacheVersionsError(
    'wrong-answer',
    `The database was asked for the columns "${columns.join()}" and gave "${given.join()}". A pooler in between mixes up answers: connect to Postgres itself.`,
  )
}
