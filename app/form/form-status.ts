'use client'

import { createContext } from 'react'
import type { Outcome } from './outcome.ts'

interface Status {
  readonly outcome: Outcome | null
  readonly pending: boolean
}

/** The state of the form around a field or a button. */
export const FormStatus = createContext<Status>({ outcome: null, pending: false })
