'use client'

import type { MouseEvent, ReactNode } from 'react'
import { useFormStatus } from 'react-dom'
import { usePageState } from './page-state.tsx'

/** The form that invalidates one cache: a button, and without JavaScript a form like any other. */
export function InvalidateOne({ cache }: { cache: string }): ReactNode {
  const { invalidate } = usePageState()
  return (
    <form action={invalidate} className="cv-form">
      <input type="hidden" name="cache" value={cache} />
      <InvalidateButton>
        Invalidate<span className="cv-hidden"> {cache}</span>
      </InvalidateButton>
    </form>
  )
}

/** A submit button that shows when its own form is under way. It keeps the focus, which `disabled` would take. */
export function InvalidateButton(props: { kind?: 'primary' | 'danger'; children: ReactNode }): ReactNode {
  const { pending } = useFormStatus()
  const once = (event: MouseEvent) => {
    if (pending) event.preventDefault()
  }
  return (
    <button
      type="submit"
      className={props.kind ? `cv-button cv-button-${props.kind}` : 'cv-button'}
      aria-disabled={pending}
      onClick={once}
    >
      {props.children}
      {pending ? <span className="cv-spinner" aria-hidden="true" /> : null}
    </button>
  )
}
