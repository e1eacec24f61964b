'use client'

import type { ReactNode } from 'react'
import { type Entrance, entranceHint, takesTokens } from '../access/entrance-hint.ts'
import { useSessionAddress } from '../access/session-address.ts'
import { Status } from './status.tsx'

/** The page without a session: no data, and the form that exchanges a token for a session. */
export function Closed({ entrance }: { entrance: Entrance }): ReactNode {
  const session = useSessionAddress()
  const open = takesTokens(entrance)
  return (
    <div className="cv-closed">
      <h1 className="cv-h1">Caches</h1>
      <Status />
      <p className="cv-text">
        {open ? 'This page is closed. Sign in with the token.' : 'This page is closed.'}
      </p>
      {open ? (
        <form className="cv-closed-form" method="post" action={session}>
          <label className="cv-label" htmlFor="cv-token">
            Token
          </label>
          <input
            className="cv-input"
            id="cv-token"
            name="token"
            type="password"
            autoComplete="current-password"
            required
          />
          <button type="submit" className="cv-button cv-button-primary">
            Sign in
          </button>
        </form>
      ) : null}
      <p className="cv-hint">{entranceHint[entrance]}</p>
    </div>
  )
}
