'use client'

import type { ReactNode } from 'react'
import { Disclosure } from './disclosure.tsx'
import { InvalidateButton } from './invalidate-button.tsx'

/** The form that invalidates a tag or a path. */
export function InvalidateTag(): ReactNode {
  return (
    <Disclosure summary="Invalidate a tag or path…" done="tag-invalidated">
      <label className="cv-label" htmlFor="cv-tag">
        The tag or path
      </label>
      <input
        className="cv-input"
        id="cv-tag"
        name="tag"
        maxLength={1024}
        required
        autoComplete="off"
        spellCheck={false}
        aria-describedby="cv-tag-hint"
      />
      <p className="cv-hint" id="cv-tag-hint">
        <code className="cv-code">post:42</code>, or a path from its first <code className="cv-code">/</code>{' '}
        on. A <code className="cv-code">*</code> at the end stands for any end.
      </p>
      <label className="cv-label" htmlFor="cv-tag-type">
        A path is
      </label>
      <select className="cv-input cv-select" id="cv-tag-type" name="type">
        <option value="">that of a page, as in the browser</option>
        <option value="page">that of a route, such as /posts/[id]</option>
        <option value="layout">that of a layout, with all below it</option>
      </select>
      <label className="cv-label" htmlFor="cv-tag-reason">
        Why, for the log <span className="cv-optional">(optional)</span>
      </label>
      <input className="cv-input" id="cv-tag-reason" name="reason" maxLength={500} autoComplete="off" />
      <InvalidateButton kind="primary">Invalidate it</InvalidateButton>
    </Disclosure>
  )
}
