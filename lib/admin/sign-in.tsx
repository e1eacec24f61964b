'use client'

import { usePathname } from 'next/navigation.js'
import type { ReactNode } from 'react'
import { type Door, doorHint } from './door.ts'
import { Status } from './status.tsx'

/** The page as somebody without a session sees it: no data, and the form that exchanges a token for a session. */
export function Closed({ door }: { door: Door }): ReactNode {
  const session = useSessionAddress()
  const open = door === 'configured' || door === 'one-time'
  return (
    <div className="cv-door">
      <h1 className="cv-h1">Caches</h1>
      <Status />
      <p className="cv-text">
        {open ? 'This page is closed. Sign in with the token.' : 'This page is closed.'}
      </p>
      {open ? (
        <form className="cv-door-form" method="post" action={session}>
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
      <p className="cv-hint">{doorHint[door]}</p>
    </div>
  )
}

export function SignOut(): ReactNode {
  return (
    <form className="cv-form" method="post" action={useSessionAddress()}>
      <button type="submit" className="cv-button" name="intent" value="sign-out">
        Sign out
      </button>
    </form>
  )
}

/** The session route as seen from the page, relative, so that it holds under a base path, which Next does not tell. */
function useSessionAddress(): string {
  const pathname = usePathname()
  return `${pathname.slice(pathname.lastIndexOf('/') + 1)}/session`.replace(/^\//, '')
}
