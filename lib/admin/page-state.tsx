'use client'

import { createContext, type ReactNode, useActionState, useContext, useState } from 'react'
import { invalidateFromAdminPage } from './actions.ts'
import type { Outcome } from './outcome.ts'

interface State {
  readonly outcome: Outcome | null
  readonly invalidate: (form: FormData) => void
  readonly query: string
  readonly setQuery: (query: string) => void
}

const Context = createContext<State | null>(null)

interface PageStateProps {
  readonly query: string
  /** What the action of this request did, when a form was posted without JavaScript. */
  readonly served: Outcome | null
  readonly children: ReactNode
}

/** Holds what the last action did and what the filter says, for all parts of the page. */
export function PageState(props: PageStateProps): ReactNode {
  const [latest, invalidate] = useActionState(invalidateFromAdminPage, null)
  const outcome = latest ?? props.served
  const [query, setQuery] = useState(props.query)
  return <Context value={{ outcome, invalidate, query, setQuery }}>{props.children}</Context>
}

export function usePageState(): State {
  const state = useContext(Context)
  if (!state)
    throw new Error('[cache-versions] A part of the admin page is used outside of it. Use CacheVersionsPage.')
  return state
}
