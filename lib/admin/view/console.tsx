import type { ReactNode } from 'react'
import { adminAuthorization } from '../../request/authorize.ts'
import { readLeaseHolders } from '../../versions/lease-holders.ts'
import type { Address } from '../access/address.ts'
import { type CachePage, readCachePage } from './cache-page.ts'
import { CachePages } from './cache-pages.tsx'
import { CacheTable } from './cache-table.tsx'
import { counted, grouped } from './counted.ts'
import { InvalidateAll } from './invalidate-all.tsx'
import { Leases } from './leases.tsx'
import { Log } from './log.tsx'
import { readLogPage } from './log-page.ts'
import { safeMessage } from './message.ts'
import { Search } from './search.tsx'
import { SignOut } from './sign-out.tsx'
import { Status } from './status.tsx'

/** The page with a session. A failed read is reported in place of its data. */
export async function Console(props: { actor: string; address: Address }): Promise<ReactNode> {
  const { actor, address } = props
  const [caches, log, leases] = await Promise.all([
    attempt(readCachePage(address), 'The caches could not be read.'),
    attempt(readLogPage(address), 'The log could not be read.'),
    attempt(readLeaseHolders(), 'Who holds a lease could not be read.'),
  ])
  return (
    <>
      <header className="cv-header">
        <h1 className="cv-h1">Caches</h1>
        <div className="cv-who">
          <span>
            Signed in as <b>{actor}</b>
          </span>
          {adminAuthorization() ? null : <SignOut />}
        </div>
      </header>
      <Status />
      {'error' in caches ? (
        <Failure message={caches.error} />
      ) : (
        <Caches page={caches.value} address={address} />
      )}
      {'error' in leases ? null : <Leases holders={leases.value} />}
      {'error' in log ? (
        // With the database down both errors are the same.
        'error' in caches && caches.error === log.error ? null : (
          <Failure message={log.error} />
        )
      ) : (
        <Log lines={log.value} address={address} />
      )}
    </>
  )
}

function Caches({ page, address }: { page: CachePage; address: Address }): ReactNode {
  if (page.all === 0) {
    return (
      <p className="cv-empty">
        No cache is versioned yet. Start one in a migration with{' '}
        <code className="cv-code">{"select start_cache_versioning('settings');"}</code>
      </p>
    )
  }
  return (
    <section aria-label="Caches" id="cv-caches">
      <div className="cv-tools">
        <Search
          id="cv-filter"
          label="Filter"
          button="Filter"
          name="q"
          rest={{ ...address, search: '', page: 1 }}
          value={address.search}
          maxLength={128}
        >
          <span className="cv-count" aria-live="polite">
            {address.search ? `${grouped(page.found)} of ${counted(page.all)}` : counted(page.all)}
          </span>
        </Search>
        <InvalidateAll count={page.all} shown={page.caches.length} />
      </div>
      {page.found === 0 ? (
        <p className="cv-empty">No cache has “{address.search}” in its name.</p>
      ) : (
        <CacheTable caches={page.caches} now={Date.now()} />
      )}
      <CachePages page={page} address={address} />
    </section>
  )
}

function Failure({ message }: { message: string }): ReactNode {
  return (
    <p className="cv-note cv-note-failed" role="alert">
      {message}
    </p>
  )
}

async function attempt<T>(reading: Promise<T>, what: string): Promise<{ value: T } | { error: string }> {
  try {
    return { value: await reading }
  } catch (error) {
    return { error: safeMessage(error, what) }
  }
}
