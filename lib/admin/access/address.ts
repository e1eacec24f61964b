export type SearchParams = Readonly<Record<string, string | string[] | undefined>>

/** The state of the page in its address. */
export interface Address {
  /** The text that the names of the shown caches contain. */
  readonly search: string
  /** The page of the caches; the first is 1. */
  readonly page: number
  /** The line of the log before which the shown lines are; unset for the newest. */
  readonly before: number | undefined
}

/** The longest name of a cache. */
const maxSearch = 128

export function readAddress(params: SearchParams): Address {
  return {
    // Postgres text cannot contain a zero byte.
    search: (first(params.q) ?? '').replaceAll('\0', '').trim().slice(0, maxSearch),
    page: wholeNumber(first(params.page)) ?? 1,
    before: wholeNumber(first(params.before)),
  }
}

/** The address as a link on the page, which keeps the rest of what is shown. */
export function linkTo({ search, page, before }: Address, section: 'cv-caches' | 'cv-log'): string {
  const params = new URLSearchParams()
  if (search) params.set('q', search)
  if (page > 1) params.set('page', String(page))
  if (before) params.set('before', String(before))
  return `?${params}#${section}`
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
