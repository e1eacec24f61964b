import type { Row } from 'postgres'
import type { Deadline } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import type { Connection } from './connection.ts'
import { database } from './database.ts'

/** COMMIT alone would succeed on a connection that has been reopened since: it has no transaction, and no savepoint. */
const savepoint = 'cache_versions'

/**
 * Runs the statement in its own transaction and returns its rows. It sends two messages: when the first one fails,
 * nothing was committed. Waiting for a lock happens in the second one before COMMIT, because Postgres applies no time
 * limit at COMMIT itself. No lock on a version is held between the two.
 *
 * A failed statement has not happened and will not happen later, except for `outcome-unknown`.
 *
 * See docs/decisions/0031-no-request-waits-behind-a-lock.md
 */
export async function commit(statement: string, deadline: Deadline): Promise<Row[]> {
  let unknown: CacheVersionsError | undefined

  async function finish(connection: Connection): Promise<void> {
    try {
      await connection.send(`release savepoint ${savepoint}; set constraints all immediate; commit`, deadline)
    } catch (error) {
      if (!isRefusal(error)) unknown = outcomeUnknown(error)
      throw error
    }
  }

  try {
    // The connection was lost, so the outcome is unknown. A second invalidation makes it certain.
    return await database().writes.use(deadline, async (connection) => {
      const answer = await connection.send(
        `begin; set local idle_in_transaction_session_timeout = ${deadline.milliseconds}; ${statement}; savepoint ${savepoint}`,
        deadline,
      )
      await finish(connection)
      return answer
    })
  } catch (error) {
    throw unknown ?? error
  }
}

/** Whether Postgres itself reported the error and so rolled back. The end of its process tells nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && error.severity === 'ERROR'
}

function outcomeUnknown(cause: unknown): CacheVersionsError {
  return new CacheVersionsError(
    'outcome-unknown',
    'Postgres did not answer while an invalidation was being committed, so it may or may not have happened. Invalidate again: doing so twice does no harm.',
    { cause },
  )
}
