import { slot } from '../../base/slot.ts'

const firstMilliseconds = 10
const longestMilliseconds = 5000

/** A lease that has lived for so long has paid for its recall. */
const payingMilliseconds = 500

const pause = slot('lease pause', () => ({ milliseconds: firstMilliseconds }))

export function forgetPauses(): void {
  pause.milliseconds = firstMilliseconds
}

/**
 * Returns how long to read from Postgres before the next lease, after one that was recalled when it had lived for so
 * long. An app that writes all the time comes to hold none, and its writers wait for none.
 */
export function pauseAfter(livedMilliseconds: number): number {
  pause.milliseconds =
    livedMilliseconds >= payingMilliseconds
      ? firstMilliseconds
      : Math.min(2 * pause.milliseconds, longestMilliseconds)
  return pause.milliseconds
}
