import { headers } from 'next/headers.js'
import { cache } from 'react'
import { CacheVersionsError } from '../base/error.ts'
import { isBuilding } from '../internals/phase.ts'
import { refusalOfHeaders } from '../internals/refusals.ts'
import { tellOfOutages } from '../postgres/outage.ts'
import { allowLeases } from '../versions/lease/refusal.ts'
import { readCacheVersions } from '../versions/read.ts'
import type { CacheVersions } from '../versions/register.ts'
import { handoverHeader, verifyHandover } from './handover.ts'
import { type RequestHeaders, type RequestState, requestState } from './state.ts'

/**
 * Returns the versions of this request: one snapshot for its layout, page, metadata, components, route handler and
 * action, from one query at most, or from none when the proxy has read them. After the request's own invalidation it
 * returns the new versions.
 *
 * It waits for the request first, so a page that uses it is rendered at request time (under `cacheComponents`, put it
 * below `<Suspense>`).
 *
 * @throws CacheVersionsError `wrong-place` inside `'use cache'` and outside of a request, naming what to use instead;
 * what `readCacheVersions` throws.
 */
export async function getCacheVersions(): Promise<CacheVersions> {
  const requestHeaders = await requestHeadersOrError()
  const request = requestState(requestHeaders)
  if (request.snapshot) return request.snapshot
  // Nobody here knows when the transaction commits, so the versions read now must not outlive this call. A render
  // follows the action, so its reads may be shared within the render.
  // See docs/decisions/0004-no-snapshot-after-an-invalidation-in-a-transaction.md
  const holder: RequestState = request.uncommitted ? (renderState() ?? {}) : request
  holder.snapshot ??= firstSnapshot(requestHeaders, request, holder)
  return holder.snapshot
}

async function firstSnapshot(
  requestHeaders: RequestHeaders,
  request: RequestState,
  holder: RequestState,
): Promise<CacheVersions> {
  const handed = request.written ? undefined : verifyHandover(requestHeaders.get(handoverHeader))
  if (handed) return handed
  tellOfOutages()
  if (!isBuilding()) allowLeases()
  try {
    return await readCacheVersions()
  } catch (error) {
    // A later part of the request may succeed.
    holder.snapshot = undefined
    throw error
  }
}

const stateOfThisRender = cache((): RequestState => ({}))

/** `React.cache`: one object per render, a new one at each call elsewhere. */
function renderState(): RequestState | undefined {
  const state = stateOfThisRender()
  return state === stateOfThisRender() ? state : undefined
}

async function requestHeadersOrError(): Promise<RequestHeaders> {
  try {
    return await headers()
  } catch (cause) {
    const refusal = refusalOfHeaders(cause)
    if (refusal === 'in a cached function') {
      throw new CacheVersionsError(
        'wrong-place',
        "getCacheVersions() belongs to a request and cannot be used inside 'use cache'. Use `await cacheVersion('name')` there.",
        { cause },
      )
    }
    if (refusal === 'outside of a request') {
      throw new CacheVersionsError(
        'wrong-place',
        'getCacheVersions() was called outside of a request. Use readCacheVersions() in scripts and jobs.',
        { cause },
      )
    }
    // Rethrow Next's own signals that this page is dynamic.
    throw cause
  }
}
