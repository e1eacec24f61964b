import type { ReactNode } from 'react'
import type { CacheInvalidation } from '../../versions/log.ts'
import { recallOf, staleOf } from '../../versions/recall.ts'
import { By } from './by.tsx'
import { Moment } from './moment.tsx'
import { TagName } from './tag-name.tsx'
import { Version } from './version.tsx'

/** Lines of the log, the newest first. */
export function LogTable({ lines, now }: { lines: readonly CacheInvalidation[]; now: number }): ReactNode {
  return (
    <table className="cv-table cv-lines">
      <caption className="cv-hidden">Invalidations, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Cache or tag</th>
          <th scope="col">Version</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id} className="cv-row">
            <td className="cv-at-time">
              <Moment at={line.invalidatedAt} now={now} />
            </td>
            <th scope="row" className="cv-name">
              {line.tag === null ? line.cache : <TagName tag={line.tag} />}
            </th>
            <td className="cv-at-version">
              {line.previousVersion ? (
                <>
                  <Version version={line.previousVersion} />
                  <span className="cv-arrow"> → </span>
                </>
              ) : null}
              <Version version={line.version} />
            </td>
            <td className="cv-at-by">
              <By actor={line.actor} source={line.source} />
            </td>
            <td className="cv-at-why">
              {line.reason}
              <Aside text={staleOf(line)} />
              <Aside text={recallOf(line)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** For how long entries were stale; how many leases an invalidation recalled, and how long it waited for them. */
function Aside({ text }: { text: string | undefined }): ReactNode {
  return text ? <span className="cv-recall">{text}</span> : null
}
