import type { ReactNode } from 'react'

const step = 4
const height = 22

/** The invalidations of the last 24 hours, a bar an hour, the oldest at the left. */
export function Plot({ hourly }: { hourly: readonly number[] }): ReactNode {
  const total = hourly.reduce((sum, count) => sum + count, 0)
  const most = Math.max(1, ...hourly)
  const width = hourly.length * step
  // No more than these are counted.
  const shown = total >= 1000 ? '1000+' : String(total)
  const label = `${shown} ${total === 1 ? 'invalidation' : 'invalidations'} in the last 24 hours`
  return (
    <span className="cv-plot">
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {hourly.map((count, hour) => {
          const size = count === 0 ? 1 : Math.max(3, Math.round((count / most) * height))
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: the hour is what the bar stands for.
              key={hour}
              className={count === 0 ? 'cv-bar-none' : 'cv-bar'}
              x={hour * step}
              y={height - size}
              width={step - 1}
              height={size}
            />
          )
        })}
      </svg>
      <span className={total === 0 ? 'cv-total cv-never' : 'cv-total'} aria-hidden="true">
        {shown}
      </span>
    </span>
  )
}
