'use client'

import { type ReactNode, useActionState } from 'react'
import { Version } from '../receipt/version.tsx'
import styles from './form.module.css'
import { FormStatus } from './form-status.ts'
import type { Outcome } from './outcome.ts'

export type FormAction = (last: Outcome | null, data: FormData) => Promise<Outcome>

export interface FormViewProps {
  action: FormAction
  /** The outcome before this browser has sent the form: without JavaScript, that of the last post. */
  first: Outcome | null
  label: string
  children: ReactNode
  /** For a form that is a long list: stands above it, where the answer will be, so that nothing moves then. */
  hint?: string | undefined
}

/** The browser's half of ActionForm: pending while it is sent, and then the answer. */
export function FormView({ action, first, label, children, hint }: FormViewProps) {
  const [outcome, send, pending] = useActionState(action, first)
  const status = (
    <div
      role="status"
      className={hint ? styles.outcomeAbove : styles.outcome}
      data-refused={outcome?.invalid !== undefined}
      data-pending={pending}
    >
      {outcome ? <OutcomeText outcome={outcome} /> : hint ? <p className={styles.hint}>{hint}</p> : null}
    </div>
  )
  return (
    <form action={send} aria-label={label} className={styles.form}>
      {hint ? status : null}
      <FormStatus value={{ outcome, pending }}>{children}</FormStatus>
      {hint ? null : status}
    </form>
  )
}

function OutcomeText({ outcome }: { outcome: Outcome }) {
  return (
    <>
      <p>{outcome.message}</p>
      {outcome.invalidated?.map(({ cache, before, after }) => (
        <p key={cache} className={styles.change}>
          <code>{cache}</code> <Version version={before} /> → <Version version={after} />
        </p>
      ))}
    </>
  )
}
