import { CacheVersionsError } from './error.ts'

/** What may be waited for, and until when on the clock of `performance`; all its parts share the time. */
export interface Budget {
  readonly what: string
  readonly milliseconds: number
  readonly deadline: number
}

export function budgetOf(
  what: string,
  milliseconds: number,
  deadline = performance.now() + milliseconds,
): Budget {
  return { what, milliseconds, deadline }
}

/** How many milliseconds are left: at least one, for Postgres takes 0 for no limit. */
export function remaining({ deadline }: Budget): number {
  return Math.max(1, Math.round(deadline - performance.now()))
}

/** Waits for the work while the budget lasts, then tells `abandon`, which has to let go of whatever still waits. */
export function withinBudget<T>(work: PromiseLike<T>, budget: Budget, abandon: () => void): Promise<T> {
  // Each read goes through here, so it takes no more promises than it must.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      abandon()
      reject(timeoutError(budget))
    }, remaining(budget))
    work.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

export function timeoutError({ what, milliseconds }: Budget, options?: ErrorOptions): CacheVersionsError {
  return new CacheVersionsError(
    'database-timeout',
    `${what} took longer than ${milliseconds} ms. Check that Postgres answers and that no transaction holds a lock on cache_versions.`,
    options,
  )
}
