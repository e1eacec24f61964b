import { headers } from 'next/headers.js'
import { processState } from '../core/process-state.ts'
import type { Outcome } from './outcome.ts'

/**
 * Keeps what the action did for the page that the same request renders. Without JavaScript `useActionState` is to do
 * this, and Next leaves it out where the page has a prerendered shell, however empty (`cacheComponents`).
 */
export async function keepOutcome(outcome: Outcome): Promise<Outcome> {
  processState().adminOutcomes.set(await headers(), outcome)
  return outcome
}

export async function keptOutcome(): Promise<Outcome | null> {
  return (processState().adminOutcomes.get(await headers()) as Outcome | undefined) ?? null
}
