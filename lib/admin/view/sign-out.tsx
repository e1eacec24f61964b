'use client'

import type { ReactNode } from 'react'
import { useSessionAddress } from '../access/session-address.ts'

export function SignOut(): ReactNode {
  return (
    <form className="cv-form" method="post" action={useSessionAddress()}>
      <button type="submit" className="cv-button" name="intent" value="sign-out">
        Sign out
      </button>
    </form>
  )
}
