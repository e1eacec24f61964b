import { CacheVersionsError } from './error.ts'

/**
 * Waits for the work at most so many milliseconds, then throws `database-timeout` after telling `abandon`, which has
 * to let go of whatever still waits.
 */
export async function withinBudget<T>(
  work: PromiseLike<T>,
  budget: { milliseconds: number; what: string; abandon: () => void },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      budget.abandon()
      reject(
        new CacheVersionsError(
          'database-timeout',
          `${budget.what} took longer than ${budget.milliseconds} ms. Check that Postgres answers and that no transaction holds a lock on cache_versions.`,
        ),
      )
    }, budget.milliseconds)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
