'use client'

import type { ReactNode } from 'react'
import { matches } from './matches.ts'
import { usePageState } from './page-state.tsx'

/** A row of the table: hidden when the filter says so, marked when the last action changed its cache. */
export function CacheRow({ cache, children }: { cache: string; children: ReactNode }): ReactNode {
  const { query } = usePageState()
  const changed = usePreviousVersion(cache) !== undefined
  return (
    <tr className={changed ? 'cv-row cv-row-changed' : 'cv-row'} hidden={!matches(cache, query)}>
      {children}
    </tr>
  )
}

/** Says below a version which one it replaced, so that the mark is not a matter of colour alone. */
export function PreviousVersion({ cache }: { cache: string }): ReactNode {
  const previous = usePreviousVersion(cache)
  return previous ? <span className="cv-was">was {previous}</span> : null
}

/** Takes the place of the rows when the filter shows none. */
export function NoRows({ names, columns }: { names: readonly string[]; columns: number }): ReactNode {
  const { query } = usePageState()
  if (names.some((name) => matches(name, query))) return null
  return (
    <tr className="cv-row cv-row-none">
      <td colSpan={columns}>No cache has “{query.trim()}” in its name.</td>
    </tr>
  )
}

function usePreviousVersion(cache: string): string | undefined {
  const { outcome } = usePageState()
  if (outcome?.kind !== 'invalidated') return undefined
  return outcome.changes.find((change) => change.cache === cache)?.from
}
