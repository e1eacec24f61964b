import type { ReactNode } from 'react'
import { adminAuthorization } from '../../request/authorize.ts'
import { readLeaseHolders } from '../../versions/lease-holders.ts'
import { readCacheInvalidations } from '../../versions/log.ts'
import type { Address } from '../access/address.ts'
import { type CachePage, readCachePage } from './cache-page.ts'
import { CachePages } from './cache-pages.tsx'
import { CacheTable } from './cache-table.tsx'
import { Filter } from './filter.tsx'
import { InvalidateAll } from './invalidate-all.tsx'
import { Leases } from './leases.tsx'
import { Log, logPageLength } from './log.tsx'
import { safeMessage } from './message.ts'
import { SignOut } from './sign-out.tsx'
import { Status } from './status.tsx'

/** The page with a session. A failed read is reported in place of its data. */
export async function Console(props: { actor: string; address: Address }): Promise<ReactNode> {
  const { actor, address } = props
  const { before } = address
  const [caches, log, leases] = await Promise.all([
    attempt(readCachePage(address), 'The caches could not be read.'),
    // Read one line more than is shown, to know whether there are older ones.
    attempt(
      readCacheInvalidations({ limit: logPageLength + 1, ...(before ? { before } : {}) }),
      'The log could not be read.',
    ),
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
        <Filter search={address.search} found={page.found} all={page.all} />
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
