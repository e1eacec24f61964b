'use client'

import type { ReactNode } from 'react'
import { counted } from './counted.ts'
import { Disclosure } from './disclosure.tsx'
import { InvalidateButton } from './invalidate-button.tsx'

/** The form that invalidates every cache, and explains it. */
export function InvalidateAll({ count, shown }: { count: number; shown: number }): ReactNode {
  return (
    <Disclosure summary="Invalidate all…" done="all-invalidated">
      <input type="hidden" name="all" value="yes" />
      <p className="cv-text">
        {count === 1 ? 'The one cache gets a new version' : `All ${counted(count)} get new versions`}
        {shown < count ? ', also those that are not shown here' : ''}. Every cached value is computed again
        when it is next asked for.
      </p>
      <label className="cv-label" htmlFor="cv-reason">
        Reason, for the log <span className="cv-optional">(optional)</span>
      </label>
      <input className="cv-input" id="cv-reason" name="reason" maxLength={500} autoComplete="off" />
      <InvalidateButton kind="danger">
        {count === 1 ? 'Invalidate the cache' : `Invalidate all ${counted(count)}`}
      </InvalidateButton>
    </Disclosure>
  )
}
