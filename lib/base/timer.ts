/**
 * Calls back after so many milliseconds, unless it is canceled. A busy process first reads what has arrived: a late
 * process must not look like a late Postgres or Redis.
 */
export function startTimer(milliseconds: number, callback: () => void): { cancel(): void } {
  let cancelled = false
  const timer = setTimeout(() => {
    // Timers run before what the network brought, immediates after; an answer in HTTP takes two rounds.
    setImmediate(() => setImmediate(() => cancelled || callback()))
  }, milliseconds)
  return {
    cancel() {
      cancelled = true
      clearTimeout(timer)
    },
  }
}

/** An answer that was too late. */
export class Late extends Error {
  override readonly name = 'Late'
}

/** Next loads this package several times a process, so the class of an error may be that of another copy. */
export function isLate(error: unknown): error is Late {
  return error instanceof Error && error.name === 'Late'
}

/** Returns the answer, or throws {@link Late}. */
export function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = startTimer(milliseconds, () =>
      reject(new Late(`no answer within ${Math.round(milliseconds)} ms`)),
    )
    answer.then(
      (value) => {
        timer.cancel()
        resolve(value)
      },
      (error: unknown) => {
        timer.cancel()
        reject(error)
      },
    )
  })
}
