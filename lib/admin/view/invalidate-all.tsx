'use client'

import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { counted } from './counted.ts'
import { InvalidateButton } from './invalidate-button.tsx'
import { usePageState } from './page-state.tsx'

/** The form that invalidates every cache, behind a disclosure that explains it. The disclosure needs no JavaScript. */
export function InvalidateAll({ count, shown }: { count: number; shown: number }): ReactNode {
  const { outcome, invalidate } = usePageState()
  const disclosure = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (outcome?.kind === 'all-invalidated') fold(disclosure.current)
  }, [outcome])
  const foldOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') fold(disclosure.current)
  }
  return (
    <details className="cv-all" ref={disclosure} onKeyDown={foldOnEscape}>
      <summary className="cv-button cv-summary">Invalidate all…</summary>
      <form action={invalidate} className="cv-all-form">
        <input type="hidden" name="all" value="yes" />
        <p className="cv-text">
          {count === 1 ? 'The one cache gets a new version' : `All ${counted(count)} get new versions`}
          {shown < count ? ', also those that are not shown here' : ''}. Every cached value is computed again
          when it is next asked for.
        </p>
        <label className="cv-label" htmlFor="cv-reason">
          Reason, for the log <span className="cv-optional">(optional)</span>
        </label>
        <input className="cv-input" id="cv-reason" name="reason" maxLength={500} autoComplete="off" />
        <InvalidateButton kind="danger">
          {count === 1 ? 'Invalidate the cache' : `Invalidate all ${counted(count)}`}
        </InvalidateButton>
      </form>
    </details>
  )
}

/** Closes the disclosure, and moves the focus out of the hidden part. */
function fold(disclosure: HTMLDetailsElement | null): void {
  if (!disclosure?.open) return
  const focused = disclosure.contains(document.activeElement)
  disclosure.open = false
  if (focused) disclosure.querySelector('summary')?.focus()
}
