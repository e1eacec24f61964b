import { CacheVersionsError } from './error.ts'

/**
 * Waits for the work at most so many milliseconds, then throws `database-timeout` after telling `abandon`, which has
 * to let go of whatever still waits.
 */
export function withinBudget<T>(
  work: PromiseLike<T>,
  budget: { milliseconds: number; what: string; abandon: () => void },
): Promise<T> {
  // Each read goes through here, so it takes no more promises than it must.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      budget.abandon()
      reject(
        new CacheVersionsError(
          'database-timeout',
          `${budget.what} took longer than ${budget.milliseconds} ms. Check that Postgres answers and that no transaction holds a lock on cache_versions.`,
        ),
      )
    }, budget.milliseconds)
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
