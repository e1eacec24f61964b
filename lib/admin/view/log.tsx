import type { ReactNode } from 'react'
import type { CacheInvalidation } from '../../versions/log.ts'
import { type Address, linkTo } from '../access/address.ts'
import { InvalidateTag } from './invalidate-tag.tsx'
import { logPageLength } from './log-page.ts'
import { LogTable } from './log-table.tsx'
import { Search } from './search.tsx'

/**
 * A page of the log, with links to older and to the newest lines. Pass one line more than it shows, if there is one.
 */
export function Log({
  lines,
  address,
}: {
  lines: readonly CacheInvalidation[]
  address: Address
}): ReactNode {
  const shown = lines.slice(0, logPageLength)
  const last = shown.at(-1)
  const hasOlder = lines.length > logPageLength && last !== undefined
  return (
    <section className="cv-log" aria-labelledby="cv-log">
      <h2 className="cv-h2" id="cv-log">
        Log
      </h2>
      <div className="cv-tools">
        <Search
          id="cv-log-search"
          label="Tag or path"
          button="Search"
          name="tag"
          rest={{ ...address, tag: '', before: undefined }}
          value={address.tag}
          section="#cv-log"
          maxLength={1000}
        />
        <InvalidateTag />
      </div>
      {shown.length > 0 ? (
        <LogTable lines={shown} now={Date.now()} />
      ) : (
        <p className="cv-empty">
          {address.tag
            ? `No tag or path that begins with “${address.tag}” was invalidated${address.before ? ' before that' : ''}.`
            : 'Nothing was invalidated yet.'}
        </p>
      )}
      {hasOlder || address.before ? (
        <nav className="cv-pages" aria-label="Pages of the log">
          {address.before ? (
            <a className="cv-link" href={linkTo({ ...address, before: undefined }, 'cv-log')}>
              Newest
            </a>
          ) : null}
          {hasOlder ? (
            <a className="cv-link" href={linkTo({ ...address, before: last.id }, 'cv-log')}>
              Older
            </a>
          ) : null}
        </nav>
      ) : null}
    </section>
  )
}
