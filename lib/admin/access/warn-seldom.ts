import { slot } from '../../base/slot.ts'

const quietMilliseconds = 60_000

/** When each topic was last warned of, and how often it has happened since. */
export const warnings = slot('admin warnings', () => new Map<string, { at: number; unsaid: number }>())

/**
 * Warns of something that any stranger can cause: at most once a minute, with how often it has happened since the last
 * line about the topic.
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
