import type { ReactNode } from 'react'

/** The actor of an invalidation, and its source: an action, a route, a trigger, plain SQL. */
export function By({ actor, source }: { actor: string | null; source: string | null }): ReactNode {
  if (actor === null) return null
  return (
    <>
      <span className="cv-actor">{actor}</span>
      {source ? <span className="cv-source">{source}</span> : null}
    </>
  )
}
