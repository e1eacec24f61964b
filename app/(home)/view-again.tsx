'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import form from '../form/form.module.css'

/** Asks the server for the same page once more; without JavaScript the browser does. */
export function ViewAgain() {
  const router = useRouter()
  const [pending, startTransition] = useTransition()
  return (
    <form
      action="/"
      onSubmit={(event) => {
        event.preventDefault()
        startTransition(() => router.refresh())
      }}
    >
      <button type="submit" className={form.quiet} aria-disabled={pending}>
        View again
      </button>
    </form>
  )
}
