import type { ReactNode } from 'react'
import type { LeaseHolder } from '../../versions/lease-holders.ts'
import { grouped } from './counted.ts'

/** The most servers to name. */
const named = 8

/** The servers that answer from memory now. */
export function Leases({ holders }: { holders: readonly LeaseHolder[] }): ReactNode {
  if (holders.length === 0) return null
  const others = holders.length - named
  return (
    <p className="cv-leases">
      {holders.length === 1
        ? '1 server holds a lease: '
        : `${grouped(holders.length)} servers hold a lease: `}
      {holders
        .slice(0, named)
        .map(({ server }) => server)
        .join(', ')}
      {others > 0 ? `, and ${grouped(others)} more` : null}
    </p>
  )
}
