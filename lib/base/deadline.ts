import { CacheVersionsError } from './error.ts'
import { startTimer } from './timer.ts'

/** The time until which something may wait, on the clock of `performance`. All parts of the work share it. */
export interface Deadline {
  readonly what: string
  readonly milliseconds: number
  readonly at: number
}

export function deadlineOf(
  what: string,
  milliseconds: number,
  at = performance.now() + milliseconds,
): Deadline {
  return { what, milliseconds, at }
}

/** Returns how many milliseconds are left: at least one, for Postgres takes 0 for no limit. */
export function remaining({ at }: Deadline): number {
  return Math.max(1, Math.round(at - performance.now()))
}

/** Waits for the work until the deadline, then calls `abandon`, which must release whatever still waits. */
export function beforeDeadline<T>(work: PromiseLike<T>, deadline: Deadline, abandon: () => void): Promise<T> {
  // Each read goes through here, so it takes no more promises than it must.
  return new Promise((resolve, reject) => {
    const timer = startTimer(remaining(deadline), () => {
      abandon()
      reject(timeoutError(deadline))
    })
    work.then(
      (result) => {
        timer.cancel()
        resolve(result)
      },
      (error) => {
        timer.cancel()
        reject(error)
      },
    )
  })
}

export function timeoutError({ what, milliseconds }: Deadline, options?: ErrorOptions): CacheVersionsError {
  return new CacheVersionsError(
    'database-timeout',
    `${what} took longer than ${milliseconds} ms. Check that Postgres answers and that no transaction holds a lock on cache_versions.`,
    options,
  )
}
