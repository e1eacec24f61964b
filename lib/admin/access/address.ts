export type SearchParams = Readonly<Record<string, string | string[] | undefined>>

/** The state of the page in its address. */
export interface Address {
  /** The text that the names of the shown caches contain. */
  readonly search: string
  /** The page of the caches; the first is 1. */
  readonly page: number
  /** The text with which the tags or paths of the shown lines begin; empty for every line. */
  readonly tag: string
  /** The line of the log before which the shown lines are; unset for the newest. */
  readonly before: number | undefined
}

/** The longest name of a cache. */
const maxSearch = 128

/** Of a path Next takes 1024 characters. */
const maxTag = 1000

export function readAddress(params: SearchParams): Address {
  return {
    search: text(params.q, maxSearch),
    page: wholeNumber(first(params.page)) ?? 1,
    tag: text(params.tag, maxTag),
    before: wholeNumber(first(params.before)),
  }
}

/** The address as the parameters of a link or a form on the page. */
export function paramsOf({ search, page, tag, before }: Address): URLSearchParams {
  const params = new URLSearchParams()
  if (search) params.set('q', search)
  if (page > 1) params.set('page', String(page))
  if (tag) params.set('tag', tag)
  if (before) params.set('before', String(before))
  return params
}

/** The address as a link on the page, which keeps the rest of what is shown. */
export function linkTo(address: Address, section: 'cv-caches' | 'cv-log'): string {
  return `?${paramsOf(address)}#${section}`
}

function text(value: string | string[] | undefined, maxLength: number): string {
  // Postgres text cannot contain a zero byte.
  return (first(value) ?? '').replaceAll('\0', '').trim().slice(0, maxLength).toWellFormed()
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
