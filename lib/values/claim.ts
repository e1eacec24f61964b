import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { slot } from '../base/slot.ts'
import type { StoreUse } from './guard/use.ts'

const firstPauseMilliseconds = 10
const longestPauseMilliseconds = 100

/**
 * Returns the text that another server stores for the same miss, or loads and stores it. When that server is slow or
 * dead its claim ends, and one of the waiting servers loads instead; the others wait for that one as long again, and no
 * longer. Without claims, or while the store fails, it loads at once.
 */
export async function loadWithClaim(
  use: StoreUse,
  entry: {
    readonly name: string
    readonly ttlSeconds: number
    readonly claimSeconds: number
    isReadable(text: string): boolean
  },
  load: () => Promise<string>,
): Promise<string> {
  const { name, ttlSeconds } = entry
  const milliseconds = Math.ceil(entry.claimSeconds * 1000)
  const deadline = performance.now() + 2 * milliseconds
  const token = claimToken()

  let pause = firstPauseMilliseconds
  for (;;) {
    const answer = await use.take(name, token, milliseconds)
    const wait = Math.min(pause, deadline - performance.now())
    if (answer?.text !== undefined && entry.isReadable(answer.text)) {
      if (answer.taken) use.release(name, token)
      return answer.text
    }
    if (!answer || answer.taken || wait <= 0) break
    await delay(wait)
    pause = Math.min(1.5 * pause, longestPauseMilliseconds)
  }

  try {
    const text = await load()
    await use.set(name, text, ttlSeconds)
    return text
  } finally {
    // After the timeout the claim is another server's, and stays so.
    use.release(name, token)
  }
}

const claims = slot('claims', () => ({ taken: 0 }))

/** Returns a token that is unique among all servers. It is not random: Next forbids randomness in a prerender. */
export function claimToken(): string {
  claims.taken += 1
  return `${hostname()} ${process.pid} ${performance.timeOrigin} ${claims.taken}`
}
