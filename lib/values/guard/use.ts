import { inTime, startTimer } from '../../base/timer.ts'
import { type ClaimAnswer, isAboutEntry, isTooLarge, isUnreadable, type Store } from '../stores/contract.ts'
import type { Use } from './breaker.ts'
import { stateOf } from './state.ts'
import { warnOfSize, warnOfUnreadable } from './warnings.ts'

/**
 * A store as one call of `cached()` uses it. With a budget nothing here rejects: a failure is a miss, and the call
 * waits for the store no longer than the budget.
 */
export interface StoreUse {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string, ttlSeconds: number): Promise<void>
  /**
   * Looks up a miss again, with the claim if the store has claims: a load that was in flight may have ended in
   * between. `undefined` when the store does not answer.
   */
  take(key: string, token: string, milliseconds: number): Promise<ClaimAnswer | undefined>
  /** Ends the claim, in the background. */
  release(key: string, token: string): void
}

export function storeUse(store: Store): StoreUse {
  const { budgetMilliseconds } = store
  return budgetMilliseconds === undefined ? unguarded(store) : guarded(store, budgetMilliseconds)
}

function unguarded(store: Store): StoreUse {
  return {
    get: (key) => lookUp(store, key),
    set: (key, text, ttlSeconds) => store.set(key, text, ttlSeconds),
    take: (key, token, milliseconds) => take(store, key, token, milliseconds),
    release: (key, token) => void store.claims?.release(key, token).catch(() => {}),
  }
}

const trouble: unique symbol = Symbol('trouble')

function guarded(store: Store, budgetMilliseconds: number): StoreUse {
  const state = stateOf(store)
  let left = budgetMilliseconds

  /** Asks the store unless its breaker is open, within the rest of the budget. */
  async function ask<T>(
    use: Use,
    question: () => Promise<T>,
    counts: (answer: T) => boolean = () => true,
  ): Promise<T | typeof trouble> {
    if (left <= 0 || !state.breaker.allows(use)) return trouble
    const began = performance.now()
    const answer = inTime(question(), budgetMilliseconds).catch((error: unknown): typeof trouble => {
      state.breaker.failed(use, error, began)
      return trouble
    })
    const result = await (left < budgetMilliseconds
      ? Promise.race([answer, outOfPatience(answer, left)])
      : answer)
    if (result === trouble || counts(result)) left -= performance.now() - began
    return result
  }

  return {
    async get(key) {
      const aside = state.aside.get(key)
      if (aside !== undefined) return aside
      const text = await ask('read', () => lookUp(store, key))
      return text === trouble ? undefined : text
    },
    async set(key, text, ttlSeconds) {
      const stored = await ask('write', () => put(store, key, text, ttlSeconds))
      if (stored === true) state.aside.delete(key)
      else state.aside.set(key, text, { ttl: ttlSeconds * 1000 })
    },
    async take(key, token, milliseconds) {
      // Waiting for the load of another server is no fault of the store, so it does not use up the budget.
      const isFree = ({ taken }: ClaimAnswer) => taken
      const answer = await ask('write', () => take(store, key, token, milliseconds), isFree)
      return answer === trouble ? undefined : answer
    },
    release(key, token) {
      // A claim that is not released ends by itself.
      if (state.breaker.allows('write')) void store.claims?.release(key, token).catch(() => {})
    },
  }
}

async function take(store: Store, key: string, token: string, milliseconds: number): Promise<ClaimAnswer> {
  return (
    (await store.claims?.take(key, token, milliseconds)) ?? { taken: true, text: await lookUp(store, key) }
  )
}

/** An unreadable or too large entry is a miss. */
async function lookUp(store: Store, key: string): Promise<string | undefined> {
  try {
    return await store.get(key)
  } catch (error) {
    if (isTooLarge(error)) warnOfSize(store, error)
    else if (isUnreadable(error)) warnOfUnreadable(store, key, error)
    else throw error
    return undefined
  }
}

/** Whether the store has taken the entry. */
async function put(store: Store, key: string, text: string, ttlSeconds: number): Promise<boolean> {
  try {
    await store.set(key, text, ttlSeconds)
    return true
  } catch (error) {
    if (!isAboutEntry(error)) throw error
    warnOfSize(store, error)
    return false
  }
}

function outOfPatience(answer: Promise<unknown>, milliseconds: number): Promise<typeof trouble> {
  return new Promise((resolve) => {
    const timer = startTimer(milliseconds, () => resolve(trouble))
    const end = () => timer.cancel()
    answer.then(end, end)
  })
}
