'use client'

import { createContext, type ReactNode, useActionState, useContext } from 'react'
import { invalidateFromAdminPage } from '../actions.ts'
import type { Outcome } from './outcome.ts'

interface State {
  readonly outcome: Outcome | null
  readonly invalidate: (form: FormData) => void
}

const Context = createContext<State | null>(null)

interface PageStateProps {
  /** The outcome of this request's action, when a form was posted without JavaScript. */
  readonly served: Outcome | null
  readonly children: ReactNode
}

/** Provides the outcome of the last action to all parts of the page. */
export function PageState({ served, children }: PageStateProps): ReactNode {
  const [latest, invalidate] = useActionState(invalidateFromAdminPage, null)
  return <Context value={{ outcome: latest ?? served, invalidate }}>{children}</Context>
}

export function usePageState(): State {
  const state = useContext(Context)
  if (!state)
    throw new Error('[cache-versions] A part of the admin page is used outside of it. Use CacheVersionsPage.')
  return state
}
