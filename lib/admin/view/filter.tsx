'use client'

import { useRouter } from 'next/navigation.js'
import { type FormEvent, type ReactNode, useEffect, useRef, useState, useTransition } from 'react'
import { counted, grouped } from './counted.ts'

/** The pause in typing before a request. */
const restMilliseconds = 150

/**
 * Searches for caches on the server: while typing, or without JavaScript as a form. The address holds the state, so
 * that a reload and a copied link show the same.
 */
export function Filter(props: { search: string; found: number; all: number }): ReactNode {
  const { search, found, all } = props
  const router = useRouter()
  const [text, setText] = useState(search)
  const [pending, startTransition] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const ask = (wanted: string) => {
    clearTimeout(timer.current)
    const query = wanted.trim() ? `?${new URLSearchParams({ q: wanted.trim() })}` : '?'
    startTransition(() => router.replace(query, { scroll: false }))
  }
  const type = (wanted: string) => {
    setText(wanted)
    clearTimeout(timer.current)
    timer.current = setTimeout(ask, restMilliseconds, wanted)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask(text)
  }
  return (
    <search className="cv-search">
      <form className="cv-filter" onSubmit={submit} aria-busy={pending}>
        <label className="cv-label" htmlFor="cv-filter">
          Filter
        </label>
        <input
          className="cv-input"
          id="cv-filter"
          type="search"
          name="q"
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
        />
        <button type="submit" className="cv-button cv-filter-submit">
          Filter
        </button>
        <span className="cv-count" aria-live="polite">
          {search ? `${grouped(found)} of ${counted(all)}` : counted(all)}
        </span>
      </form>
    </search>
  )
}
