import { setTimeout as delay } from 'node:timers/promises'
import { signalGroup } from './process.ts'

/** Asks process groups to end, and ends them after 5 seconds. */
export async function stopGroups(groups: Iterable<number>): Promise<void> {
  const rest = new Set(groups)
  for (const group of rest) signalGroup(group, 'SIGTERM')
  const deadline = performance.now() + 5000
  while (rest.size > 0 && performance.now() < deadline) {
    await delay(50)
    for (const group of rest) if (!signalGroup(group, 0)) rest.delete(group)
  }
  for (const group of rest) signalGroup(group, 'SIGKILL')
}
