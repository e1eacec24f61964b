'use client'

import { type ReactNode, useSyncExternalStore } from 'react'

/**
 * Shows the page only outside of a frame: another site could have its buttons clicked unseen.
 *
 * See docs/decisions/0037-the-browser-tells-whether-the-admin-page-is-framed.md
 */
export function Unframed({ framed, children }: { framed: boolean; children: ReactNode }): ReactNode {
  return useIsFramed(framed) ? <Framed /> : children
}

function Framed(): ReactNode {
  return (
    <div className="cv-closed">
      <h1 className="cv-h1">Caches</h1>
      <p className="cv-text">
        This page does not open inside another page.{' '}
        <a className="cv-link" href="?" target="_blank" rel="noreferrer">
          Open it by itself
        </a>
      </p>
    </div>
  )
}

/** The server sees only requests for documents; a router inside a frame may navigate here without one. */
function useIsFramed(framed: boolean): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => framed || window.top !== window.self,
    () => framed,
  )
}
