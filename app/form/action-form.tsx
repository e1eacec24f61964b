import type { ReactNode } from 'react'
import { answerTo, keepAnswer } from './answers.ts'
import { type FormAction, FormView } from './form-view.tsx'
import type { Outcome } from './outcome.ts'

interface ActionFormProps {
  /** Tells the forms of one page apart. */
  id: string
  action: FormAction
  label: string
  children: ReactNode
  hint?: string
}

/** A form that posts to a server action, with JavaScript and without, and says what came of it. */
export async function ActionForm({ id, action, label, children, hint }: ActionFormProps) {
  async function answered(last: Outcome | null, data: FormData): Promise<Outcome> {
    'use server'
    return await keepAnswer(id, await action(last, data))
  }
  return (
    <FormView action={answered} first={await answerTo(id)} label={label} hint={hint}>
      {children}
    </FormView>
  )
}
