import type { ReactNode } from 'react'

const step = 4
const height = 22

/** The invalidations of the last 24 hours, a bar an hour, the oldest at the left. */
export function Plot({ hourly }: { hourly: readonly number[] }): ReactNode {
  const total = hourly.reduce((sum, count) => sum + count, 0)
  const most = Math.max(1, ...hourly)
  const width = hourly.length * step
  // Not more than these are counted.
  const shown = total >= 1000 ? '1000+' : String(total)
  const label = `${shown} ${total === 1 ? 'invalidation' : 'invalidations'} in the last 24 hours`
  const full = hourly.map((count, hour) => (count > 0 ? bar(hour, (count / most) * height) : ''))
  const empty = hourly.map((count, hour) => (count > 0 ? '' : bar(hour, 0)))
  return (
    <span className="cv-plot">
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <path className="cv-bar" d={full.join('')} />
        <path className="cv-bar-none" d={empty.join('')} />
      </svg>
      <span className={total === 0 ? 'cv-total cv-never' : 'cv-total'} aria-hidden="true">
        {shown}
      </span>
    </span>
  )
}

/** A bar as part of a path, which is shorter than an element for each. */
function bar(hour: number, size: number): string {
  const tall = size === 0 ? 1 : Math.max(3, Math.round(size))
  return `M${hour * step} ${height}v-${tall}h${step - 1}v${tall}z`
}
