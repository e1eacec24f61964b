'use client'

import { useContext, useId } from 'react'
import styles from './form.module.css'
import { FormStatus } from './form-status.ts'

interface FieldProps {
  name: string
  label: string
  hint?: string
  value?: string
  lines?: number
  inputMode?: 'numeric'
}

/** A labelled text field that keeps what was typed when the form is refused, and says why it was. */
export function Field({ name, label, hint, value = '', lines, inputMode }: FieldProps) {
  const id = useId()
  const { outcome } = useContext(FormStatus)
  const problem = outcome?.invalid?.[name]
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ')
  const shared = {
    id,
    name,
    className: styles.input,
    defaultValue: outcome?.typed?.[name] ?? value,
    'aria-invalid': problem !== undefined,
    'aria-describedby': described || undefined,
    autoComplete: 'off',
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      ) : null}
      {lines ? (
        <textarea {...shared} rows={lines} />
      ) : (
        <input {...shared} type="text" inputMode={inputMode} />
      )}
      {problem ? (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      ) : null}
    </div>
  )
}
