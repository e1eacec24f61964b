import { processState } from '../core/process-state.ts'

const quietMilliseconds = 60_000

/**
 * Warns of something that any stranger can cause: at most once a minute, with how often it has happened since the last
 * line about the topic.
 */
export function warnSeldom(topic: string, message: (times: number) => string, now = performance.now()): void {
  const { adminWarnings } = processState()
  const last = adminWarnings.get(topic)
  const times = (last?.unsaid ?? 0) + 1
  if (last && now < last.at + quietMilliseconds) {
    last.unsaid = times
    return
  }
  adminWarnings.set(topic, { at: now, unsaid: 0 })
  console.warn(`[cache-versions] ${message(times)}`)
}
