'use client'

import type { ReactNode } from 'react'
import { describeOutcome, isDone, type Outcome } from './outcome.ts'
import { usePageState } from './page-state.tsx'
import { Version } from './version.tsx'

/** Announces the outcome of the last action, also to screen readers, because the element was there before. */
export function Status(): ReactNode {
  const { outcome } = usePageState()
  const failed = outcome !== null && !isDone(outcome)
  return (
    <div role="status" className="cv-status">
      {outcome ? (
        <p className={failed ? 'cv-note cv-note-failed' : 'cv-note cv-note-done'}>
          <Sentence outcome={outcome} />
          {outcome.kind === 'signed-out' ? (
            <>
              {' '}
              <a className="cv-link" href="?">
                Sign in
              </a>
            </>
          ) : null}
        </p>
      ) : null}
    </div>
  )
}

/** `bans: k3j9x0Qz → Hs81mPa0` with the swatches of both, or a sentence. */
function Sentence({ outcome }: { outcome: Outcome }): ReactNode {
  if (outcome.kind !== 'invalidated' || outcome.change.to === null) {
    return <span>{describeOutcome(outcome)}</span>
  }
  const { cache, from, to } = outcome.change
  return (
    <span>
      {cache}: <Version version={from} /> → <Version version={to} />
    </span>
  )
}
