import type { ReactNode } from 'react'
import type { CacheOverview } from '../../versions/log.ts'
import { By } from './by.tsx'
import { CacheRow, PreviousVersion } from './cache-row.tsx'
import { InvalidateOne } from './invalidate-button.tsx'
import { Moment } from './moment.tsx'
import { Plot } from './plot.tsx'
import { Version } from './version.tsx'

/** Caches, one a row. */
export function CacheTable({ caches, now }: { caches: readonly CacheOverview[]; now: number }): ReactNode {
  return (
    <table className="cv-table cv-caches">
      <caption className="cv-hidden">Caches and their versions</caption>
      <thead>
        <tr>
          <th scope="col">Cache</th>
          <th scope="col">Version</th>
          <th scope="col">Last invalidated</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
          <th scope="col">Last 24 hours</th>
          <th scope="col">
            <span className="cv-hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {caches.map((cache) => (
          <CacheRow key={cache.cache} cache={cache.cache}>
            <th scope="row" className="cv-name">
              {cache.cache}
            </th>
            <td className="cv-at-version">
              <Version version={cache.version} />
              <PreviousVersion cache={cache.cache} logged={cache.previousVersion} />
            </td>
            <td className="cv-at-time">
              <Moment at={cache.invalidatedAt} now={now} />
            </td>
            <td className="cv-at-by">
              <By actor={cache.actor} source={cache.source} />
            </td>
            <td className="cv-at-why">{cache.reason}</td>
            <td className="cv-at-plot">
              <Plot hourly={cache.hourly} />
            </td>
            <td className="cv-at-action">
              <InvalidateOne cache={cache.cache} />
            </td>
          </CacheRow>
        ))}
      </tbody>
    </table>
  )
}
