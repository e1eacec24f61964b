'use client'

import type { ReactNode } from 'react'
import type { Outcome } from './outcome.ts'
import { usePageState } from './page-state.tsx'

/** A row of the table, marked when the last action changed its cache. */
export function CacheRow({ cache, children }: { cache: string; children: ReactNode }): ReactNode {
  const { outcome } = usePageState()
  const changed = outcome?.kind === 'all-invalidated' || changeOf(cache, outcome) !== undefined
  return <tr className={changed ? 'cv-row cv-row-changed' : 'cv-row'}>{children}</tr>
}

/** Shows the version that the last action replaced, so that the mark is not a matter of color alone. */
export function PreviousVersion(props: { cache: string; logged: string | null }): ReactNode {
  const { outcome } = usePageState()
  const replaced = outcome?.kind === 'all-invalidated' ? props.logged : changeOf(props.cache, outcome)?.from
  return replaced ? <span className="cv-was">was {replaced}</span> : null
}

function changeOf(cache: string, outcome: Outcome | null) {
  return outcome?.kind === 'invalidated' && outcome.change.cache === cache ? outcome.change : undefined
}
