import type { ReactNode } from 'react'
import type { CacheInvalidation } from '../core/log.ts'
import { LogTable } from './log-table.tsx'

/** How many lines are shown at a time. */
export const pageLength = 20

/** A page of the log, with the ways to older and to the newest lines. It is given one line more than it shows, if there is one. */
export function Log(props: {
  lines: readonly CacheInvalidation[]
  query: string
  before: number | undefined
}): ReactNode {
  const { lines, query, before } = props
  const shown = lines.slice(0, pageLength)
  const last = shown.at(-1)
  const older = lines.length > pageLength && last ? logAddress(query, last.id) : undefined
  return (
    <section className="cv-log" aria-labelledby="cv-log">
      <h2 className="cv-h2" id="cv-log">
        Log
      </h2>
      <LogTable lines={shown} now={Date.now()} />
      {older || before ? (
        <nav className="cv-pages" aria-label="Pages of the log">
          {before ? (
            <a className="cv-link" href={logAddress(query)}>
              Newest
            </a>
          ) : null}
          {older ? (
            <a className="cv-link" href={older}>
              Older
            </a>
          ) : null}
        </nav>
      ) : null}
    </section>
  )
}

function logAddress(query: string, before?: number): string {
  const search = new URLSearchParams()
  if (query) search.set('q', query)
  if (before) search.set('before', String(before))
  return `?${search}#cv-log`
}
