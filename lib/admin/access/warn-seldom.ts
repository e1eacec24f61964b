import { slot } from '../../base/slot.ts'

const quietMilliseconds = 60_000

/** The last warning about each topic, and the number of times since. */
export const warnings = slot('admin warnings', () => new Map<string, { at: number; unsaid: number }>())

/**
 * Warns of an event that any stranger can cause, at most once a minute, with the number of times since the last
 * warning.
 */
export function warnSeldom(topic: string, message: (times: number) => string, now = performance.now()): void {
  const last = warnings.get(topic)
  const times = (last?.unsaid ?? 0) + 1
  if (last && now < last.at + quietMilliseconds) {
    last.unsaid = times
    return
  }
  warnings.set(topic, { at: now, unsaid: 0 })
  console.warn(`[cache-versions] ${message(times)}`)
}
