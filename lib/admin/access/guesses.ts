import { LRUCache } from 'lru-cache'
import { slot } from '../../base/slot.ts'

/** The sender of a token: a browser that has signed in before, or a stranger at an address. */
export type Guesser = { readonly browser: string } | { readonly address: string }

/** So many wrong tokens at once, then one in so many seconds. */
interface Limit {
  readonly atOnce: number
  readonly everySeconds: number
}

const ofOne: Limit = { atOnce: 5, everySeconds: 12 }
const ofAllStrangers: Limit = { atOnce: 20, everySeconds: 3 }

/**
 * Returns in how many seconds the next token is compared, 0 for now. Strangers share one limit, because a client that
 * can choose the address that the server sees has as many as it likes. A browser that has signed in before has its own,
 * so strangers do not keep it out. Each server counts for itself.
 *
 * See docs/decisions/0034-wrong-tokens-share-one-limit.md
 */
export function secondsUntilGuess(guesser: Guesser, now = seconds()): number {
  const waits = limitsOf(guesser).map(([key, { atOnce, everySeconds }]) => {
    return emptyAt(key, now) - now - (atOnce - 1) * everySeconds
  })
  return Math.max(0, ...waits.map(Math.ceil))
}

export function countWrongGuess(guesser: Guesser, now = seconds()): void {
  for (const [key, { everySeconds }] of limitsOf(guesser)) guesses.set(key, emptyAt(key, now) + everySeconds)
}

function limitsOf(guesser: Guesser): [key: string, limit: Limit][] {
  if ('browser' in guesser) return [[`browser ${guesser.browser}`, ofOne]]
  return [
    [`address ${guesser.address}`, ofOne],
    ['strangers', ofAllStrangers],
  ]
}

/** Returns when the guesses under the key are forgotten: each takes its seconds, one after the other. */
function emptyAt(key: string, now: number): number {
  return Math.max(now, guesses.get(key) ?? 0)
}

/** The least recently used keys are forgotten first; that of all strangers is used each time. */
export const guesses = slot('admin guesses', () => new LRUCache<string, number>({ max: 1000 }))

function seconds(): number {
  return performance.now() / 1000
}
