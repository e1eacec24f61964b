import type { ReactNode } from 'react'
import { type CacheOverview, readCacheInvalidations, readCacheOverview } from '../core/log.ts'
import { adminAuthorization } from '../request/authorize.ts'
import { CacheTable } from './cache-table.tsx'
import { Filter } from './filter.tsx'
import { InvalidateAll } from './invalidate-all.tsx'
import { Log, pageLength } from './log.tsx'
import { safeMessage } from './message.ts'
import { SignOut } from './sign-in.tsx'
import { Status } from './status.tsx'

/** The page as somebody with a session sees it. What cannot be read is said in its place. */
export async function Console(props: {
  actor: string
  query: string
  before: number | undefined
}): Promise<ReactNode> {
  const { actor, query, before } = props
  const [caches, log] = await Promise.all([
    attempt(readCacheOverview(), 'The caches could not be read.'),
    // One line more than is shown tells whether there are older ones.
    attempt(
      readCacheInvalidations({ limit: pageLength + 1, ...(before ? { before } : {}) }),
      'The log could not be read.',
    ),
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
        <Caches caches={caches.value} query={query} />
      )}
      {'error' in log ? (
        // With the database down both say the same.
        'error' in caches && caches.error === log.error ? null : (
          <Failure message={log.error} />
        )
      ) : (
        <Log lines={log.value} query={query} before={before} />
      )}
    </>
  )
}

function Caches({ caches, query }: { caches: readonly CacheOverview[]; query: string }): ReactNode {
  if (caches.length === 0) {
    return (
      <p className="cv-empty">
        No cache is versioned yet. Start one in a migration with{' '}
        <code className="cv-code">{"select start_cache_versioning('settings');"}</code>
      </p>
    )
  }
  const names = caches.map(({ cache }) => cache)
  return (
    <>
      <div className="cv-tools">
        <Filter names={names} />
        <InvalidateAll count={names.length} />
      </div>
      <CacheTable caches={caches} query={query} now={Date.now()} />
    </>
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
