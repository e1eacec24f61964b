import { headers } from 'next/headers'
import type { Outcome } from './outcome.ts'

interface Answer {
  readonly form: string
  readonly outcome: Outcome
}

const slot = Symbol.for('forum/answers')

/** By the object that `headers()` gives: one a request, the same for an action and for the page rendered after it. */
function answers(): WeakMap<object, Answer> {
  const scope = globalThis as { [slot]?: WeakMap<object, Answer> }
  scope[slot] ??= new WeakMap()
  return scope[slot]
}

/**
 * Keeps the outcome of an action for the page that this request renders next. Next drops the state of `useActionState`
 * when a page with a prerendered shell is posted to without JavaScript; this restores it.
 */
export async function keepAnswer(form: string, outcome: Outcome): Promise<Outcome> {
  answers().set(await headers(), { form, outcome })
  return outcome
}

/** Returns the outcome of this request's action, if it was this form that was posted. */
export async function answerTo(form: string): Promise<Outcome | null> {
  const answer = answers().get(await headers())
  return answer?.form === form ? answer.outcome : null
}
