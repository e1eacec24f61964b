import type { ReactNode } from 'react'

/** A point in time: how long ago as the server sees it, and exactly, in UTC so that every reader sees the same. */
export function Moment({ at, now }: { at: Date | null; now: number }): ReactNode {
  if (at === null) return <span className="cv-never">never</span>
  // A role that may write to the log may write "infinity".
  if (Number.isNaN(at.getTime())) return <span className="cv-never">at no known time</span>
  const exact = at.toISOString()
  return (
    <time dateTime={exact}>
      <span className="cv-ago">{ago(now - at.getTime())}</span>{' '}
      <span className="cv-exact">{`${exact.slice(0, 10)} ${exact.slice(11, 19)} UTC`}</span>
    </time>
  )
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} days ago`
}
