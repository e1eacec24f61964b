'use client'

import { useRouter } from 'next/navigation.js'
import { type FormEvent, type ReactNode, useEffect, useRef, useState, useTransition } from 'react'
import { type Address, paramsOf } from '../access/address.ts'

/** The pause in typing before a request. */
const restMilliseconds = 150

interface SearchProps {
  readonly id: string
  readonly label: string
  readonly button: string
  /** The parameter of the address, and the address without it, which stays as it is. */
  readonly name: 'q' | 'tag'
  readonly rest: Address
  readonly value: string
  /** The section of the page to which the form leads without JavaScript. */
  readonly section?: string
  readonly maxLength: number
  readonly children?: ReactNode
}

/**
 * Searches on the server: while typing, or without JavaScript as a form. The address holds the state, so that a reload
 * and a copied link show the same.
 */
export function Search(props: SearchProps): ReactNode {
  const { id, label, button, name, rest, value, section, maxLength, children } = props
  const router = useRouter()
  const [text, setText] = useState(value)
  const [pending, startTransition] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const ask = (wanted: string) => {
    clearTimeout(timer.current)
    const params = paramsOf(rest)
    if (wanted.trim()) params.set(name, wanted.trim())
    startTransition(() => router.replace(`?${params}`, { scroll: false }))
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
      <form className="cv-filter" action={section} onSubmit={submit} aria-busy={pending}>
        {[...paramsOf(rest)].map(([other, kept]) => (
          <input key={other} type="hidden" name={other} value={kept} />
        ))}
        <label className="cv-label" htmlFor={id}>
          {label}
        </label>
        <input
          className="cv-input"
          id={id}
          type="search"
          name={name}
          value={text}
          maxLength={maxLength}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
        />
        <button type="submit" className="cv-button cv-filter-submit">
          {button}
        </button>
        {children}
      </form>
    </search>
  )
}
