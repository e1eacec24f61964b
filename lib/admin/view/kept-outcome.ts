import { headers } from 'next/headers.js'
import { slot } from '../../base/slot.ts'
import type { Outcome } from './outcome.ts'

/** By the object that `await headers()` returns in the action's request. */
const outcomes = slot('admin outcomes', () => new WeakMap<object, Outcome>())

/**
 * Keeps the outcome of the action for the page that the same request renders. Without JavaScript `useActionState`
 * should do this, but Next leaves it out where the page has a prerendered shell, however empty (`cacheComponents`).
 */
export async function keepOutcome(outcome: Outcome): Promise<Outcome> {
  outcomes.set(await headers(), outcome)
  return outcome
}

export async function keptOutcome(): Promise<Outcome | null> {
  return outcomes.get(await headers()) ?? null
}
