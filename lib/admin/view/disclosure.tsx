'use client'

import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Outcome } from './outcome.ts'
import { usePageState } from './page-state.tsx'

/** A form behind a button, which needs no JavaScript. It closes when its action is done, and on Escape. */
export function Disclosure(props: {
  summary: string
  done: Outcome['kind']
  children: ReactNode
}): ReactNode {
  const { outcome, invalidate } = usePageState()
  const disclosure = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (outcome?.kind === props.done) fold(disclosure.current)
  }, [outcome, props.done])
  const foldOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') fold(disclosure.current)
  }
  return (
    <details className="cv-all" ref={disclosure} onKeyDown={foldOnEscape}>
      <summary className="cv-button cv-summary">{props.summary}</summary>
      <form action={invalidate} className="cv-all-form">
        {props.children}
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
