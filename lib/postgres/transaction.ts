import type { Row } from 'postgres'
import type { Deadline } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import type { Connection } from './connection.ts'
import { database } from './database.ts'

/** COMMIT alone would succeed on a connection that was opened anew since: it has no transaction, and no savepoint. */
const savepoint = 'cache_versions'

/**
 * Runs the statement in a transaction of its own and gives its rows. It goes in two messages, so that a failure of the
 * first is one of a transaction that nobody has committed. Whoever waits for a lock waits in the second, where
 * Postgres ends what takes too long: at COMMIT itself it would not. Between the two no lock on a version is held.
 *
 * What fails has not happened, nor will it, but for `outcome-unknown`.
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
    // When the outcome is unknown because the connection was lost, doing it once more makes it certain.
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

/** Whether Postgres itself has said no: an error, unlike the end of its process, takes the transaction back. */
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
