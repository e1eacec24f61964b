import { setTimeout as delay } from 'node:timers/promises'

/** Asks again every 25 ms until the answer is not undefined, and throws when `seconds` have passed. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) {
      throw new Error(`[cache-versions] Waited ${seconds} s for ${what} in vain. Look into its log.`)
    }
    await delay(25)
  }
}
