'use client'

import type { ReactNode } from 'react'
import { describeOutcome, type Outcome, soleChange } from './outcome.ts'
import { usePageState } from './page-state.tsx'
import { Version } from './version.tsx'

/** Says what the last action did, also to screen readers, which hear of it because the element was there before. */
export function Status(): ReactNode {
  const { outcome } = usePageState()
  const failed = outcome !== null && outcome.kind !== 'invalidated'
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
  const change = soleChange(outcome)
  if (!change?.to) return <span>{describeOutcome(outcome)}</span>
  return (
    <span>
      {change.cache}: <Version version={change.from} /> → <Version version={change.to} />
    </span>
  )
}
