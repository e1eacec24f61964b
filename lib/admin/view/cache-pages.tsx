import type { ReactNode } from 'react'
import { type Address, linkTo } from '../access/address.ts'
import type { CachePage } from './cache-page.ts'
import { grouped } from './counted.ts'

/** Links to the other pages of the caches, if there are any. */
export function CachePages({ page, address }: { page: CachePage; address: Address }): ReactNode {
  const { number, of } = page
  if (of === 1) return null
  const to = (target: number) => linkTo({ ...address, page: target }, 'cv-caches')
  return (
    <nav className="cv-pages" aria-label="Pages of the caches">
      {number > 1 ? (
        <>
          <a className="cv-link" href={to(1)}>
            First
          </a>
          <a className="cv-link" href={to(number - 1)}>
            Previous
          </a>
        </>
      ) : null}
      <span className="cv-at-page">
        Page {grouped(number)} of {grouped(of)}
      </span>
      {number < of ? (
        <>
          <a className="cv-link" href={to(number + 1)}>
            Next
          </a>
          <a className="cv-link" href={to(of)}>
            Last
          </a>
        </>
      ) : null}
    </nav>
  )
}
