'use client'

import type { FormEvent, ReactNode } from 'react'
import { matches } from './matches.ts'
import { usePageState } from './page-state.tsx'

/** Filters the caches by name: while typing, or without JavaScript as a form that asks for the page again. */
export function Filter({ names }: { names: readonly string[] }): ReactNode {
  const { query, setQuery } = usePageState()
  const shown = names.filter((name) => matches(name, query)).length
  return (
    <search className="cv-search">
      <form className="cv-filter" onSubmit={keepInAddress}>
        <label className="cv-label" htmlFor="cv-filter">
          Filter
        </label>
        <input
          className="cv-input"
          id="cv-filter"
          type="search"
          name="q"
          value={query}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
        />
        <button type="submit" className="cv-button cv-filter-submit">
          Filter
        </button>
        <span className="cv-count" aria-live="polite">
          {query
            ? `${shown} of ${names.length} caches`
            : names.length === 1
              ? '1 cache'
              : `${names.length} caches`}
        </span>
      </form>
    </search>
  )
}

/** The rows are filtered already; the address is kept in step, so that a reload and a copied link show the same. */
function keepInAddress(event: FormEvent<HTMLFormElement>): void {
  event.preventDefault()
  const query = new FormData(event.currentTarget).get('q')
  const address = new URL(window.location.href)
  if (typeof query === 'string' && query) address.searchParams.set('q', query)
  else address.searchParams.delete('q')
  window.history.replaceState(null, '', address)
}
