'use client'

import { type ReactNode, useContext } from 'react'
import styles from './form.module.css'
import { FormStatus } from './form-status.ts'

interface SubmitProps {
  children: ReactNode
  name?: string
  value?: string
  label?: string
  quiet?: boolean
}

export function Submit({ children, name, value, label, quiet }: SubmitProps) {
  const { pending } = useContext(FormStatus)
  return (
    <button
      type="submit"
      name={name}
      value={value}
      aria-label={label}
      className={quiet ? styles.quiet : styles.submit}
      // Not `disabled`: that would take the focus away.
      aria-disabled={pending}
    >
      {children}
    </button>
  )
}
